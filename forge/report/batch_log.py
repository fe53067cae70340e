"""The logs of a batch: a folder for each batch in `.forge/logs`; the newest few are kept.

`batch.log` has all news with their times, `lane-N.log` the output of a lane's worker between its
jobs, and `jobs/<job>.log` all output during the rendering of that job.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.markup import escape

from forge.errors import MachineError
from forge.model.news import Finished, News, Retried, WorkerEvent
from forge.model.records import Event, JobResult
from forge.report.plain_log import line_of
from forge.report.progress import Progress
from forge.report.summary import print_failure, print_totals
from forge.store import private

BATCH_LOG = "batch.log"
LATEST = "latest"
KEPT = 10  # batches
COLUMNS = 200


def new_log_dir(root: Path) -> Path:
    """Make and return a new folder below `root`, named by the time; remove the oldest ones.

    The link `latest` beside it leads to it.

    Raises:
        MachineError: the folder cannot be made.
    """
    try:
        folder = _make_log_dir(root)
    except OSError as problem:
        raise MachineError(
            f"no logs can be written to {root}: {problem.strerror or problem}",
            hint="move away what is there, or free some space",
        ) from problem
    with suppress(OSError):  # some file systems have no links, and the logs work without
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
    """Open the file for the `BatchLog` of a batch."""
    return open(log_dir / BATCH_LOG, "w", encoding="utf-8", opener=private.opener)


class BatchLog:
    """Writes all news of a batch, with the time of day. A full disk does not end the batch.

    `progress` must get the news first.
    """

    def __init__(self, file: TextIO, progress: Progress) -> None:
        self._file, self._progress = file, progress
        self._console = Console(file=file, width=COLUMNS, no_color=True)

    def on(self, news: News) -> None:
        """Write the line of `news`, and the details of a failure."""
        with suppress(OSError):
            if line := detailed_line_of(news, self._progress):
                stamp = datetime.now().isoformat(sep=" ", timespec="milliseconds")
                self._console.print(f"{stamp} {line}", highlight=False, soft_wrap=True)
            if isinstance(news, Retried | Finished):
                print_failure(self._console, news.result)
            self._file.flush()

    def total(self, results: Sequence[JobResult], wall_s: float, lanes: int) -> None:
        """Write the totals; the result of each job stands above."""
        with suppress(OSError):
            print_totals(self._console, results, wall_s, lanes)
            self._file.flush()


def detailed_line_of(news: News, progress: Progress) -> str | None:
    """Return what the log of a batch says of `news`: more than a plain log does."""
    match news:
        case WorkerEvent(event=Event(kind="ready", slot=slot, pid=pid)):
            return f"lane {escape(progress.name_of(slot))}: worker {pid} is up"
        case WorkerEvent(event=Event(kind="step", job=job, step=step, steps=steps)):
            return f"{job}: step {step} of {steps}"
        case _:
            return line_of(news, progress)
