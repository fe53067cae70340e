"""The logs of a batch: a folder each in `.forge/logs`, of which the newest few are kept.

`batch.log` tells what happened when, `lane-N.log` what a lane's worker said between its jobs, and
`jobs/<job>.log` everything that was said while that job was rendered.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TextIO

from rich.console import Console

from forge.errors import MachineError
from forge.model.records import Event, JobResult
from forge.report.dashboard import PlainLog, retried
from forge.report.progress import Progress
from forge.report.summary import print_failure, print_totals
from forge.store import private

BATCH_LOG = "batch.log"
LATEST = "latest"
KEPT = 10  # batches
COLUMNS = 200


def new_log_dir(root: Path) -> Path:
    """A fresh folder below `root`, named by the time of day; the oldest are removed.

    `latest` beside it leads to it.

    Raises:
        MachineError: it cannot be made.
    """
    try:
        folder = _make_log_dir(root)
    except OSError as problem:
        raise MachineError(
            f"no logs can be written to {root}: {problem.strerror or problem}",
            hint="move away what is there, or free some space",
        ) from problem
    with suppress(OSError):  # a convenience, on file systems that have links
        (root / LATEST).unlink(missing_ok=True)
        (root / LATEST).symlink_to(folder.name)
    return folder


def _make_log_dir(root: Path) -> Path:
    private.make_folder(root)
    earlier = sorted(path for path in root.iterdir() if path.is_dir() and not path.is_symlink())
    for path in earlier[: max(0, len(earlier) + 1 - KEPT)]:
        shutil.rmtree(path, ignore_errors=True)
    folder = root / datetime.now().strftime("%Y%m%d-%H%M%S-%f")
    folder.mkdir(mode=private.FOLDER_MODE)
    return folder


def open_log(log_dir: Path) -> TextIO:
    """The file for a batch's `BatchLog`."""
    return open(log_dir / BATCH_LOG, "w", encoding="utf-8", opener=private.opener)


class BatchLog(PlainLog):
    """Everything that happens in a batch, with the time of day; a full disk ends no batch."""

    def __init__(self, file: TextIO, progress: Progress) -> None:
        self._file = file
        super().__init__(Console(file=file, width=COLUMNS, no_color=True), progress)

    def on_event(self, event: Event) -> None:
        if event.kind == "ready":
            self._say(f"lane {event.slot}: worker {event.pid} is up")
        elif event.kind == "step":
            self._progress.event(event)
            self._say(f"{event.job}: step {event.step} of {event.steps}")
        else:
            super().on_event(event)

    def on_retry(self, result: JobResult, attempt: int, delay_s: float) -> None:
        self._progress.retry(result)
        self._say(retried(result, attempt, delay_s))
        self._explain(result)

    def on_result(self, result: JobResult) -> None:
        super().on_result(result)
        self._explain(result)

    def total(self, results: Sequence[JobResult], wall_s: float, lanes: int) -> None:
        """The last lines of the report; what became of each job stands above."""
        with suppress(OSError):
            print_totals(self._console, results, wall_s, lanes)
            self._file.flush()

    def _explain(self, result: JobResult) -> None:
        with suppress(OSError):
            print_failure(self._console, result)
            self._file.flush()

    def _say(self, line: str) -> None:
        stamp = datetime.now().isoformat(sep=" ", timespec="milliseconds")
        with suppress(OSError):
            self._console.print(f"{stamp} {line}", highlight=False, soft_wrap=True)
            self._file.flush()
