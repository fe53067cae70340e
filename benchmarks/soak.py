"""A long batch in which something goes wrong all the time: is all accounted for, does it grow?

    python benchmarks/soak.py [--jobs 500] [--share 0.1] [--lanes 2]

Short real jobs (browser, encoder, silent voice), of which two share a recording. In a share of all
attempts, at a random moment of a random phase, the worker is killed, crashes, leaves or hangs, or
its browser or driver is killed. The parent is watched all the while; at the end nothing may be
left.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from _bench import ROOT, chart, console, keep, median, show, write_tours

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
'''
SETTINGS = """
keep_going = true
retries = 2
languages = ["en", "es"]
[limits]
silence_s = 20
backoff_s = 0.1
[voice]
engine = "silent"
[video]
width = 320
height = 240
"""


class Sample(NamedTuple):
    """The parent at one moment: seconds since it began, its memory (USS, MB), open descriptors."""

    at_s: float
    memory_mb: float
    descriptors: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=500)
    parser.add_argument("--share", type=float, default=0.1, help="of attempts that go wrong")
    parser.add_argument("--lanes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project, temporary = Path(folder) / "project", Path(folder) / "t"
        temporary.mkdir()
        sides = {"es": '{"look": "Mira.", "look-again": "Mira otra vez."}'}
        write_tours(project, SETTINGS, TOUR, args.jobs // 2, sides)
        plan = project / "plan.json"
        plan.write_text(json.dumps({"share": args.share, "seed": args.seed, "hangs": 0.05}))
        mark = uuid.uuid4().hex
        samples, wall_s = run(project, plan, args.lanes, temporary, mark)
        left = leftovers(project, temporary, mark)
        batch = json.loads((project / "dist" / "batch.json").read_text())
        faults = count_faults(project)
    report(args, batch, samples, wall_s, left, faults)


def run(
    project: Path, plan: Path, lanes: int, temporary: Path, mark: str
) -> tuple[list[Sample], float]:
    """One batch, and what its parent looked like all the while."""
    faulty = [sys.executable, str(ROOT / "tests" / "faulty.py"), str(plan)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary), MARK: mark}
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
    """Processes, run folders and files half done that outlived the batch by five seconds."""
    until = time.monotonic() + LEFT_GRACE_S
    while (living := marked(mark)) and time.monotonic() < until:
        time.sleep(0.1)
    files = [*temporary.iterdir(), *project.rglob(".*.part"), *project.rglob(".*.part.wav")]
    return living + [str(path) for path in files]


def marked(mark: str) -> list[str]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark:
                found.append(" ".join(process.cmdline())[:100])
        except (psutil.Error, OSError):
            continue
    return found


def count_faults(project: Path) -> Counter[str]:
    """What really went wrong, by the jobs' logs."""
    logs = (project / ".forge" / "logs" / "latest" / "jobs").glob("*.log")
    lines = (line for log in logs for line in log.read_text(errors="replace").splitlines())
    return Counter(" ".join(line.split()[1:4]) for line in lines if line.startswith("FAULT "))


def report(
    args: argparse.Namespace,
    batch: list[dict[str, Any]],
    samples: list[Sample],
    wall_s: float,
    left: list[str],
    faults: Counter[str],
) -> None:
    """Print, keep and draw it. The first tenth is warming up: growth is counted from there on."""
    steady = samples[len(samples) // 10 :]
    part = max(1, len(steady) // 10)
    grown_mb = median([s.memory_mb for s in steady[-part:]]) - median(
        [s.memory_mb for s in steady[:part]]
    )
    statuses = Counter(entry["status"] for entry in batch)
    attempts = sum(entry["attempts"] for entry in batch)
    most = max(s.descriptors for s in steady)
    least = min(s.descriptors for s in steady)
    rows = [
        ["results", f"{len(batch)} of {args.jobs // 2 * 2}: {dict(statuses)}"],
        ["attempts", f"{attempts}, {sum(faults.values())} of them with a fault"],
        ["wall clock", f"{wall_s:.0f} s, {wall_s / len(batch):.2f} s a job in {args.lanes} lanes"],
        ["parent's memory", f"{steady[-1].memory_mb:.1f} MB, grown by {grown_mb:+.1f} MB"],
        ["descriptors", f"{least} to {most}"],
        ["left behind", "; ".join(left) or "nothing"],
    ]
    show("a soak, with faults", ["", ""], rows)
    show("faults", ["which", "how often"], [[k, str(n)] for k, n in sorted(faults.items())])
    draw(samples)
    figures = {
        "jobs": len(batch),
        "statuses": statuses,
        "attempts": attempts,
        "faults": faults,
        "wall_s": round(wall_s, 1),
        "parent_growth_mb": round(grown_mb, 2),
        "descriptors": [least, most],
        "left_behind": left,
    }
    keep("soak", figures)
    if left or len(batch) != args.jobs // 2 * 2:
        console.print("[red]something was lost or left behind[/red]")
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
