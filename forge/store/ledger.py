"""The ledger: an append-only journal of a project's batches, which `--resume` reads.

Each line is a JSON object, and is on the disk before the batch goes on. After a power cut, only the
last line can be incomplete.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import ValidationError

from forge.errors import MachineError, ProjectError, UsageError
from forge.model.news import Finished, News, Started
from forge.model.records import Job, JobResult, PhaseChoice, Record
from forge.store import file_lock
from forge.store.atomic import on_disk
from forge.store.portable import located, portable
from forge.store.regular import read_regular

VERSION = 1
LEDGER_FILE = "ledger.jsonl"
OLD_FILE = "ledger.1.jsonl"  # the one before, which only the history reads
LOCK_FILE = ".lock"
LARGEST_BYTES = 16_000_000  # a larger file is renamed, and a new one begun

End = Literal["done", "failed", "interrupted"]


class Entry(Record):
    """One line. `batch` opens a batch, `start` and `result` are about a job, `end` closes it.

    `project` is the name of its folder, `lane` is as in `JobResult`.
    """

    kind: Literal["batch", "start", "result", "end"]
    at: str
    version: int | None = None
    project: str | None = None
    pid: int | None = None
    phase: PhaseChoice | None = None
    jobs: tuple[str, ...] = ()
    job: str | None = None
    attempt: int | None = None
    lane: str = ""
    result: JobResult | None = None
    end: End | None = None


class Past(NamedTuple):
    """The last batch of a project. `end` is None if the batch was killed."""

    phase: PhaseChoice
    jobs: tuple[str, ...]
    results: dict[str, JobResult]
    end: End | None


class Ledger:
    """Writes the journal of one batch, as a listener. Paths in it are relative to the project.

    A full disk does not end the batch: `problem` then says what could not be written.
    """

    def __init__(self, work_root: Path, project_dir: Path) -> None:
        self.problem: str | None = None
        self._path, self._project = work_root / LEDGER_FILE, project_dir

    def begin(self, jobs: Sequence[Job], phase: PhaseChoice, carried: Sequence[JobResult]) -> None:
        """Open a batch of `jobs`, and write the `carried` results of an earlier batch again."""
        with suppress(OSError):
            if self._path.is_symlink():
                self._path.unlink()  # this removes the link, not the file that it points to
            if self._path.stat().st_size > LARGEST_BYTES:
                self._path.replace(self._path.with_name(OLD_FILE))
            _cut_half_line(self._path)
        self._write(
            Entry(
                kind="batch",
                at=_now(),
                version=VERSION,
                project=self._project.name,
                pid=os.getpid(),
                phase=phase,
                jobs=tuple(job.name for job in jobs),
            )
        )
        with suppress(OSError):  # a new file's name is on the disk only after a sync of its folder
            on_disk(self._path.parent)
        entries = (entry_of(Finished(result=result), self._project) for result in carried)
        if carried:
            self._write(*filter(None, entries))

    def end(self, how: End) -> None:
        """Close the batch."""
        self._write(Entry(kind="end", at=_now(), end=how))

    def on(self, news: News) -> None:
        """Write the line of `news`, if the journal keeps it."""
        if entry := entry_of(news, self._project):
            self._write(entry)

    def _write(self, *entries: Entry) -> None:
        """Write lines that may wait for one another: the disk is asked for them once."""
        lines = [entry.model_dump_json(exclude_defaults=True).encode() + b"\n" for entry in entries]
        try:
            # Without O_NONBLOCK, opening a fifo of that name would block.
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_NOFOLLOW
            with os.fdopen(os.open(self._path, flags, 0o644), "ab") as file:
                file.writelines(lines)
                file.flush()
                os.fsync(file.fileno())
        except OSError as problem:
            self.problem = f"{self._path} could not be written: {problem}"


def entry_of(news: News, project_dir: Path) -> Entry | None:
    """Return the line that the journal keeps of `news`; None for what it leaves out."""
    match news:
        case Started(job=job, lane=lane):
            return Entry(kind="start", at=_now(), job=job.name, attempt=job.attempt, lane=lane)
        case Finished(result=result):
            return Entry(
                kind="result", at=_now(), job=result.job, result=portable(result, project_dir)
            )
        case _:
            return None


def read_past(work_root: Path, project_dir: Path) -> Past | None:
    """Return the last batch in the ledger; None if there is none.

    Raises:
        MachineError: the ledger cannot be read.
        ProjectError: the ledger is damaged, or was written by another version of forge.
    """
    path = work_root / LEDGER_FILE
    try:
        entries = list(_entries(path))
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise MachineError(f"{path} cannot be read: {problem.strerror}") from problem
    first = max((n for n, entry in enumerate(entries) if entry.kind == "batch"), default=None)
    if first is None:
        return None
    head, rest = entries[first], entries[first + 1 :]
    return Past(
        phase=head.phase or "all",
        jobs=head.jobs,
        results={r.job: located(r, project_dir) for r in (entry.result for entry in rest) if r},
        end=next((entry.end for entry in rest if entry.kind == "end"), None),
    )


def _entries(path: Path) -> Iterator[Entry]:
    """Yield every complete line."""
    *lines, _half = read_regular(path).split(b"\n")
    for number, line in enumerate(lines, start=1):
        try:
            yield Entry.model_validate_json(line)
        except ValidationError as problem:
            raise ProjectError(
                f"{path}:{number}: " + _what_is_wrong(line),
                hint=f"nothing was changed. Repair it, or move it away: mv {path} {path}.bak",
            ) from problem


def _what_is_wrong(line: bytes) -> str:
    head = b'{"kind":"batch"'
    if line.startswith(head) and f'"version":{VERSION},'.encode() not in line:
        return f"written by another version of forge; this one reads version {VERSION}"
    return "the ledger is damaged"


def _cut_half_line(path: Path) -> None:
    whole_bytes = read_regular(path).rfind(b"\n") + 1
    os.truncate(path, whole_bytes)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def to_carry(
    past: Past | None,
    jobs: Sequence[Job],
    phase: PhaseChoice,
    still_there: Callable[[JobResult], bool],
) -> list[JobResult]:
    """Return the results of `past` that `--resume` keeps; it runs the other jobs.

    A result is kept if the job was done and its video is `still_there`.

    Raises:
        UsageError: there is nothing to resume.
    """
    if past is None:
        raise UsageError(
            "nothing to resume: this project has no batch yet", hint="leave --resume out"
        )
    if past.phase != phase:
        raise UsageError(
            f"the last batch was of --phase {past.phase}, not {phase}",
            hint=f"resume it with --phase {past.phase}",
        )
    results = [past.results[job.name] for job in jobs if job.name in past.results]
    done = [result for result in results if result.status in ("done", "up-to-date")]
    stand = [result for result in done if still_there(result)]
    if len(stand) == len(jobs):
        raise UsageError(
            f"nothing to resume: all {len(jobs)} jobs of the last batch are done",
            hint="leave --resume out to render them again",
        )
    return stand


@contextmanager
def project_lock(work_root: Path) -> Iterator[None]:
    """Hold the lock of a project for the length of a block.

    Two batches at once would write into the same work dirs. The kernel releases the lock when its
    holder dies, so it cannot go stale.

    Raises:
        UsageError: another forge holds it; the message names its pid.
        MachineError: the file cannot be locked.
    """
    path = work_root / LOCK_FILE
    try:
        lock = file_lock.take(path, make=True)
    except OSError as problem:
        raise MachineError(f"{path} cannot be locked: {problem}") from problem
    if lock is None:
        raise UsageError(
            f"another forge (pid {_pid_in(path)}) is at work in {work_root.parent}",
            hint="wait until it has ended, or end it",
        )
    try:
        os.ftruncate(lock, 0)
        os.write(lock, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(lock)


def _pid_in(path: Path) -> str:
    with suppress(OSError):
        return path.read_bytes()[:32].decode(errors="replace").strip() or "unknown"
    return "unknown"
