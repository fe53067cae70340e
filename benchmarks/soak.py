"""A long batch with random faults: every job has its result, and the parent does not grow.

    python benchmarks/soak.py [--jobs 500] [--share 0.25] [--lanes 2] [--no-browser]

Short real jobs (browser, encoder, silent voice); two share each take. In a share of all attempts,
in a random phase, the worker is killed, crashes, exits, hangs or is stopped, the parent is stopped,
the browser or its driver is killed, or a job damages its process or a cached file. Every tenth
tutorial warns with a lone surrogate. The parent's memory and descriptors are sampled. A fault may
fail only its own job; nothing may be left behind, and files and processes of others stay untouched.
`--no-browser`: recordings are made up.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from _bench import ENVIRONMENT, ROOT, arguments, chart, console, keep, median, show, write_tours

MARK = "FORGE_TEST_SOAK"
SAMPLE_S = 1.0
LEFT_GRACE_S = 5.0
TOUR = '''
from forge import Tutorial

tour = Tutorial("Tour {number}", id="tour-{number:03}")


@tour.step
def look(browser):
    """Look."""
    browser.get("data:text/html,<h1>Tour {number}</h1>")


@tour.step
def look_again(browser):
    """And look again."""
    browser.execute_script("document.body.style.background = '#eef'")


@tour.teardown
def warn(browser):
    if {number} % 10 == 0:
        raise RuntimeError("half a character: \\udc80")
'''
SETTINGS = """
keep_going = true
retries = 3
languages = ["en", "es"]
[limits]
silence_s = 10
restarts = 20
backoff_s = 0.1
[voice]
engine = "silent"
[video]
width = 320
height = 240
"""


class Sample(NamedTuple):
    """The parent at one time: seconds since its start, memory (USS, MB), open descriptors."""

    at_s: float
    memory_mb: float
    descriptors: int


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--jobs", type=int, default=500)
    parser.add_argument("--share", type=float, default=0.25, help="share of attempts with a fault")
    parser.add_argument("--lanes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-browser", action="store_true", help="recordings are made up")
    args = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        foreign(Path(folder) / "t", Path(folder) / "project" / "dist") as touched,
    ):
        project, temporary = Path(folder) / "project", Path(folder) / "t"
        sides = {"es": '{"look": "Mira.", "look-again": "Mira otra vez."}'}
        write_tours(project, SETTINGS, TOUR, args.jobs // 2, sides)
        if args.no_browser:
            make_up(project)
        plan = project / "plan.json"
        odds = {"share": args.share, "seed": args.seed, "waits": 0.1, "harms": 0.5}
        plan.write_text(json.dumps({**odds, "browser": not args.no_browser}))
        mark = uuid.uuid4().hex
        samples, wall_s = run(project, plan, args.lanes, temporary, mark)
        left = leftovers(project, temporary, mark)
        results = project / "dist" / "batch.json"
        if not results.exists():
            raise SystemExit(f"no results:\n{(project / 'output.txt').read_text()}")
        batch = json.loads(results.read_text())
        faults = faults_of(project)
        replaced = replacements(project)
        wrong = {
            "left behind": left,
            "others' things touched": touched(),
            "jobs that suffered from others' faults": victims(batch, faults),
        }
    report(args, batch, samples, wall_s, wrong, faults, replaced)


def make_up(project: Path) -> None:
    """Write what `tests/support/pool/clock_stage.py` needs for its fake recordings."""
    (project / "fails.json").write_text("{}")
    program = project / "headless-shell"  # never run
    program.touch(mode=0o755)
    with (project / "forge.toml").open("a") as file:
        file.write(f'[browser]\nbinary = "{program}"\ndriver = "{program}"\n')


@contextmanager
def foreign(temporary: Path, output: Path) -> Iterator[Callable[[], list[str]]]:
    """Put files and a process that only look like forge's where it works.

    The folder has such a name, the process such a command line. Yields a function that returns
    those that forge has touched.
    """
    files = [temporary / "forge-run-notes" / "notes.txt", output / "notes.mp4"]
    for file in files:
        file.parent.mkdir(parents=True)
        file.write_text("not forge's")
        os.utime(file.parent, (0, 0))
    editor = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()", files[0]], stdin=subprocess.PIPE
    )

    def touched() -> list[str]:
        changed = [str(f) for f in files if not f.exists() or f.read_text() != "not forge's"]
        return changed + ([] if editor.poll() is None else [f"the process with {files[0]}"])

    try:
        yield touched
    finally:
        editor.communicate()


def run(
    project: Path, plan: Path, lanes: int, temporary: Path, mark: str
) -> tuple[list[Sample], float]:
    """Run the batch; return samples of its parent and the seconds it took."""
    faulty = [sys.executable, str(ROOT / "tests" / "support" / "faulty.py"), str(plan)]
    env = {**ENVIRONMENT, "TMPDIR": str(temporary), MARK: mark}
    began = time.monotonic()
    samples = []
    with (
        (project / "output.txt").open("w") as output,
        subprocess.Popen(
            [*faulty, "render", "--project", str(project), "-j", str(lanes)],
            env=env,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as forge,
    ):
        parent = psutil.Process(forge.pid)
        while forge.poll() is None:
            try:
                memory_mb = parent.memory_full_info().uss / 1e6
                at_s = time.monotonic() - began
                samples.append(Sample(at_s, memory_mb, parent.num_fds()))
            except psutil.Error:
                break  # it has just ended
            time.sleep(SAMPLE_S)
    return samples, time.monotonic() - began


def leftovers(project: Path, temporary: Path, mark: str) -> list[str]:
    """Return the processes, run folders and part files that outlived the batch by five seconds."""
    until = time.monotonic() + LEFT_GRACE_S
    while (living := marked(mark)) and time.monotonic() < until:
        time.sleep(0.1)
    files = [*temporary.iterdir(), *project.rglob(".*.part"), *project.rglob(".*.part.wav")]
    return living + [str(path) for path in files if path.name != "forge-run-notes"]


def marked(mark: str) -> list[str]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark:
                found.append(" ".join(process.cmdline())[:100])
        except (psutil.Error, OSError):
            continue
    return found


def faults_of(project: Path) -> dict[str, list[str]]:
    """Return the faults of each job, from its log."""
    faults = {}
    for log in (project / ".forge" / "logs" / "latest" / "jobs").glob("*.log"):
        lines = log.read_text(errors="replace").splitlines()
        faults[log.stem] = [line[len("FAULT ") :] for line in lines if line.startswith("FAULT ")]
    return faults


def replacements(project: Path) -> Counter[str]:
    """Return the reasons for replaced workers, with their numbers."""
    lines = (project / "output.txt").read_text(errors="replace").splitlines()
    found = [line.partition("gets a new worker: ")[2] for line in lines]
    return Counter(re.sub(r"\d+", "N", why) for why in found if why)


def victims(batch: list[dict[str, Any]], faults: Mapping[str, list[str]]) -> list[str]:
    """Return the jobs with more failed attempts than faults."""
    return [
        f"{entry['job']}: {entry['error'] or entry['warnings']}"
        for entry in batch
        if entry["attempts"] - (entry["status"] == "done") > len(faults.get(entry["job"], []))
    ]


def report(
    args: argparse.Namespace,
    batch: list[dict[str, Any]],
    samples: list[Sample],
    wall_s: float,
    wrong: Mapping[str, list[str]],
    faults: Mapping[str, list[str]],
    replaced: Counter[str],
) -> None:
    """Print, keep and draw the figures. Growth is measured after the first tenth, the warm-up."""
    steady = samples[len(samples) // 10 :]
    part = max(1, len(steady) // 10)
    grown_mb = median([s.memory_mb for s in steady[-part:]]) - median(
        [s.memory_mb for s in steady[:part]]
    )
    statuses = Counter(entry["status"] for entry in batch)
    kinds = Counter(kind for found in faults.values() for kind in found)
    attempts = sum(entry["attempts"] for entry in batch)
    most = max(s.descriptors for s in steady)
    least = min(s.descriptors for s in steady)
    rows = [
        ["results", f"{len(batch)} of {args.jobs // 2 * 2}: {dict(statuses)}"],
        ["attempts", f"{attempts}, {kinds.total()} of them with a fault"],
        ["wall clock", f"{wall_s:.0f} s, {wall_s / len(batch):.2f} s a job in {args.lanes} lanes"],
        ["parent's memory", f"{steady[-1].memory_mb:.1f} MB, grown by {grown_mb:+.1f} MB"],
        ["descriptors", f"{least} to {most}"],
        *[[what, "; ".join(found) or "nothing"] for what, found in wrong.items()],
    ]
    show("a soak, with faults", ["", ""], rows)
    show("faults", ["which", "how often"], [[k, str(n)] for k, n in sorted(kinds.items())])
    rows = [[why, str(count)] for why, count in replaced.most_common()]
    show("workers replaced between jobs", ["why", "how often"], rows)
    draw(samples)
    figures = {
        "jobs": len(batch),
        "statuses": statuses,
        "attempts": attempts,
        "browser": not args.no_browser,
        "faults": kinds,
        "replaced": replaced,
        "wall_s": round(wall_s, 1),
        "parent_growth_mb": round(grown_mb, 2),
        "descriptors": [least, most],
        "wrong": wrong,
    }
    keep("soak", figures)
    if any(wrong.values()) or len(batch) != args.jobs // 2 * 2:
        console.print("[red]something was lost, left behind or touched[/red]")
        sys.exit(1)


def draw(samples: list[Sample]) -> None:
    figure, save = chart("soak")
    axes = figure.add_subplot()
    axes.plot([s.at_s for s in samples], [s.memory_mb for s in samples], color="#2266aa")
    axes.set_xlabel("seconds")
    axes.set_ylabel("parent's memory, MB", color="#2266aa")
    axes.set_ylim(bottom=0)
    other = axes.twinx()
    other.plot([s.at_s for s in samples], [s.descriptors for s in samples], color="#cc6622")
    other.set_ylabel("its open descriptors", color="#cc6622")
    other.set_ylim(bottom=0)
    save()


if __name__ == "__main__":
    main()
