"""The overhead of a batch: idle jobs, 300 jobs that are up to date, a resumed batch.

    python benchmarks/pool.py [--jobs 300] [--rounds 3]

The 300 jobs are short real renders: 50 tutorials in six languages. The parent of their batch is
killed when 290 are done. Times are of whole commands.
"""

from __future__ import annotations

import json
import signal
import subprocess
import tempfile
import time
from datetime import datetime
from functools import partial
from pathlib import Path

from _bench import (
    ENVIRONMENT,
    arguments,
    console,
    keep,
    median,
    render_command,
    show,
    write_tours,
)

from forge.batch.interrupts import Interrupts
from forge.batch.lanes import Seat
from forge.batch.loop import run_batch
from forge.batch.schedule import Schedule
from forge.model.news import Finished, News
from forge.model.records import Job
from forge.model.settings import Settings
from forge.workers.lane import Lane
from forge.workers.run_dir import run_dir
from forge.workers.setup import LaneSetup
from forge.workers.slots import slots_dir

LANGUAGES = ["en", "es", "fr", "de", "it", "pt"]
STAGE = """
from forge.model.records import Attempt

def nothing(context):
    return lambda job: Attempt(job=job.name)
"""
TOUR = '''
from forge import Tutorial

tour = Tutorial("Tour {number}", id="tour-{number:03}")


@tour.step
def look(browser):
    """Look."""
    browser.get("data:text/html,<h1>Tour {number}</h1>")
'''
SETTINGS = f"""
languages = {json.dumps(LANGUAGES)}
[voice]
engine = "silent"
[video]
width = 320
height = 240
"""


class Stopwatch:
    """A listener that notes the time of each result."""

    def __init__(self) -> None:
        self.ended_s: list[float] = []

    def on(self, news: News) -> None:
        if isinstance(news, Finished):
            self.ended_s.append(time.monotonic())


def idle_job_ms(folder: Path, count: int, lanes: int) -> float:
    """Return the milliseconds between results of jobs that do nothing, after the lanes' start."""
    stage = folder / "stage.py"
    stage.write_text(STAGE)
    jobs = [
        Job(index=n, id=f"j{n}", lang=None, title="", tutorial_file="/t", voice=None, lines=())
        for n in range(count)
    ]
    settings = Settings(project_dir=folder)
    watch, interrupts = Stopwatch(), Interrupts()
    with run_dir() as temporary, slots_dir(folder) as slots:
        setup = LaneSetup(
            run_dir=str(temporary),
            slots_dir=str(slots.path),
            log_dir=str(folder / "logs"),
            settings=settings,
            stage=f"{stage}:nothing",
        )
        run_batch(
            Schedule(jobs),
            [Seat(partial(Lane, setup=setup))] * lanes,
            limits=settings.limits,
            listener=watch,
            interrupts=interrupts,
        )
    interrupts.close()
    first = 2 * lanes  # all lanes have started by then
    return (watch.ended_s[-1] - watch.ended_s[first]) * 1000 / (count - 1 - first)


def command(project: Path, *args: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        render_command(project, "-j", "2", *args),
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
    )


def killed_when(project: Path, done: int) -> None:
    """Start a batch and kill its parent when `done` jobs are done."""
    ledger = project / ".forge" / "ledger.jsonl"
    with command(project) as forge:
        while not ledger.exists() or ledger.read_bytes().count(b'"kind":"result"') < done:
            time.sleep(0.02)
        forge.send_signal(signal.SIGKILL)


def first_phase_s(project: Path, *args: str) -> float:
    """Return the seconds from the command's start to the first phase of its first job."""
    began = datetime.now()
    with command(project, *args) as forge:
        if forge.wait() != 0:
            raise SystemExit(f"render {args} failed: {forge.returncode}")
    log = (project / ".forge" / "logs" / "latest" / "batch.log").read_text()
    line = next(line for line in log.splitlines() if line.endswith((": speak", ": record")))
    return (datetime.fromisoformat(line[:23]) - began).total_seconds()


def whole_s(project: Path) -> float:
    began = time.monotonic()
    with command(project) as forge:
        if forge.wait() != 0:
            raise SystemExit("the second render failed")
    return time.monotonic() - began


def main() -> None:
    parser = arguments(__doc__, rounds=3)
    parser.add_argument("--jobs", type=int, default=300)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        idle = {
            lanes: [idle_job_ms(folder, args.jobs, lanes) for _ in range(args.rounds)]
            for lanes in (1, 2)
        }
        project = folder / "project"
        sides = dict.fromkeys(LANGUAGES[1:], '{"look": "Mira."}')
        write_tours(project, SETTINGS, TOUR, args.jobs // len(LANGUAGES), sides)
        killed_when(project, args.jobs - 10)
        resumed_s = first_phase_s(project, "--resume")
        batch = json.loads((project / "dist" / "batch.json").read_text())
        job_s = sum(entry["wall_s"] for entry in batch) / len(batch)
        fresh_s = [whole_s(project) for _ in range(args.rounds)]
    overhead_ms = median(idle[1])
    rows = [
        ["a job that does nothing, one lane", f"{overhead_ms:.1f} ms"],
        ["… two lanes", f"{median(idle[2]):.1f} ms"],
        ["of the shortest real job", f"{overhead_ms / job_s / 10:.2f} %"],
        [f"{len(batch)} jobs, {len(batch) - 10} done: first render after", f"{resumed_s:.2f} s"],
        [f"{len(batch)} jobs, all up to date", f"{median(fresh_s):.2f} s"],
    ]
    show("the batch itself", ["", ""], rows)
    keep(
        "pool",
        {
            "jobs": len(batch),
            "idle_job_ms": {str(lanes): some for lanes, some in idle.items()},
            "shortest_real_job_s": round(job_s, 3),
            "resume_s": round(resumed_s, 3),
            "up_to_date_s": [round(s, 3) for s in fresh_s],
        },
    )
    console.print("whole commands, with the start of Python", style="dim")


if __name__ == "__main__":
    main()
