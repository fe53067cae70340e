"""A batch in a process of its own, to which tests send signals: `driver.py SPEC.json`.

It prints a line for each event. Its signal handlers are the defaults, as in a command that a
terminal started, even if the test runner ignores signals.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from functools import partial
from pathlib import Path

from forge.batch.interrupts import listen_for_signals
from forge.batch.lanes import Seat
from forge.batch.loop import exit_code, run_batch
from forge.batch.schedule import Schedule
from forge.model.news import Finished, News, Notice, Retried, Started, WorkerEvent
from forge.model.records import Job
from forge.workers.lane import Lane
from forge.workers.run_dir import run_dir
from forge.workers.setup import LaneSetup
from forge.workers.slots import slots_dir


class Teller:
    """A listener that writes each event of the batch as one line, unbuffered."""

    def on(self, news: News) -> None:
        match news:
            case Started(job=job):
                self._say(f"start {job.name}")
            case WorkerEvent(event=event):
                ready = event.kind == "ready"
                self._say(f"ready {event.slot}" if ready else f"{event.job}: {event.text}")
            case Retried(result=result, attempt=attempt):
                self._say(f"{result.job} retry {attempt}")
            case Finished(result=result):
                self._say(f"{result.job} {result.status}")
            case Notice(text=text):
                self._say(f"notice {text}")

    def _say(self, line: str) -> None:
        os.write(1, f"{line}\n".encode())


def make_lane(setup: LaneSetup, slot: int) -> Lane:
    lane = Lane(slot, setup)
    os.write(1, f"lane {slot}\n".encode())
    return lane


def main(spec_file: Path) -> int:
    spec = json.loads(spec_file.read_text())
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_IGN if spec["nohup"] else signal.SIG_DFL)
    project_dir = Path(spec["setup"]["settings"]["project_dir"])
    with (
        listen_for_signals() as interrupts,
        run_dir() as folder,
        slots_dir(project_dir) as slots,
    ):
        folders = {"run_dir": str(folder), "slots_dir": str(slots.path)}
        setup = LaneSetup.model_validate(spec["setup"] | folders)
        results = run_batch(
            Schedule([Job.model_validate(job) for job in spec["jobs"]]),
            [Seat(partial(make_lane, setup))] * spec["lanes"],
            limits=setup.settings.limits,
            listener=Teller(),
            interrupts=interrupts,
        )
    spec_file.with_suffix(".results").write_text(
        json.dumps([result.model_dump(mode="json") for result in results])
    )
    return exit_code(results, interrupts)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
