"""One batch on this host: its copy of the project, its folders, its lanes."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from itertools import count
from pathlib import Path
from typing import Any

from forge.errors import MachineError, UsageError
from forge.model.hosts import (
    FileNote,
    HomeTake,
    HostedBatch,
    OpenedBatch,
    RemoteTake,
    Reply,
    Ticket,
)
from forge.model.lane import WorkerLane
from forge.model.machine import processors
from forge.model.records import Attempt, Event, Job
from forge.store import clock_fallback, host_projects, private
from forge.store.atomic import remove, sweep_parts, whole
from forge.store.file_notes import is_whole, noted
from forge.store.fingerprint import read_printed, write_printed
from forge.store.job_files import read_truth
from forge.store.ledger import project_lock
from forge.store.paths import (
    LOGS,
    TAKE_FILES,
    TAKE_PRINT,
    Outputs,
    WorkDir,
    part_folders,
    recorded_jobs,
)
from forge.store.portable import located
from forge.store.room import lack_of_room
from forge.store.travel import on_host
from forge.workers import checks
from forge.workers.hosting.seat import Log, Seat
from forge.workers.run_dir import batch_folders
from forge.workers.setup import LaneSetup

PROJECTS = "projects"  # the folder of projects; a second batch of one uses `projects-2`

MakeLane = Callable[[int, LaneSetup], WorkerLane]


class BatchLanes:
    """The lanes of one batch (`open_lanes`). All methods may be called from any thread.

    `folders` is closed when the last lane has ended.
    """

    def __init__(
        self,
        batch: HostedBatch,
        setup: LaneSetup,
        make_lane: MakeLane,
        folders: ExitStack,
    ) -> None:
        self._batch, self._setup = batch, setup
        self._make_lane = make_lane
        self._folders = folders
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._seats: dict[int, Seat] = {}
        self._closed = False
        self._forgotten: set[str] = set()

    @property
    def project(self) -> Path:
        """The copy of the project that this batch alone uses."""
        return self._setup.settings.project_dir

    @property
    def opened(self) -> OpenedBatch:
        """The reply to home: the project's folder, and the takes that the batch may use."""
        takes = () if self._batch.force else self._takes()
        return OpenedBatch(project=str(self.project), takes=tuple(takes))

    def attempt(self, key: str, ticket: Ticket, tell: Callable[[Event], object]) -> Reply:
        """Run one attempt in the lane of its slot, and wait for its end."""
        job = located(ticket.job, self.project)
        self._forget_old_takes(job)
        if ticket.given_up:
            clock_fallback.give_up(self._setup.settings, job, ticket.given_up)
        result = self._seat(ticket.slot).run(key, job, tell)
        attempt = result.attempt
        return Reply(
            attempt=attempt and self._without_place(attempt),
            death=self._plain(result.death),
            files=tuple(self._files_of(job)) if attempt else (),
            log=self._log_note(result.log),
            note=result.note,
            lack=self.lack(),
        )

    def lacks_take(self, job: Job, take: HomeTake) -> bool:
        """Return True if the take that home has for `job` is not here, under any job's name."""
        self._forget_old_takes(job)
        return not any(self._has(name, take) for name in (job.name, *job.takes_from))

    def keep_take(self, take: HomeTake, files: Mapping[str, Path]) -> bool:
        """Move the files of a take of home to their place; return False if one is damaged.

        Another lane may have got the same take meanwhile, and read it now: it is left alone.
        """
        if not all(is_whole(files[name], note) for name, note in take.files.items()):
            return False
        work_dir = WorkDir.of(self._setup.settings, take.job)
        with self._writing:
            if not self._has(take.job, take):
                private.make_folder(work_dir.path)
                remove(work_dir.take_print)
                for name, file in files.items():
                    file.replace(work_dir.path / name)
                write_printed(work_dir.take_print, take.prints, take.files)
        return True

    def _has(self, name: str, take: HomeTake) -> bool:
        printed = read_printed(WorkDir.of(self._setup.settings, name).take_print)
        return printed is not None and printed.prints == take.prints

    def try_setup(self) -> str:
        """Run the stage `TRY_SETUP` in the first lane; return where the adapter's setup arrived.

        Raises:
            MachineError: it failed.
        """
        job = Job(index=0, id="doctor", lang=None, title="", tutorial_file="", voice=None, lines=())
        result = self._seat(0).run(job.name, job, lambda event: None)
        if result.attempt is None:
            raise MachineError(f"the process that tried it has died: {result.death}")
        if error := result.attempt.error:
            raise MachineError(self._plain(error.message), hint=self._plain(error.hint))
        return result.attempt.warnings[0]

    def end(self, key: str, slot: int) -> None:
        """Ask for the end of an attempt. Does not block."""
        with self._lock:
            seat = self._seats.get(slot)
        if seat:
            seat.end(key)

    def wait_for_end(self, key: str, slot: int) -> FileNote | None:
        """Wait until the slot is free; return its log if the attempt has begun."""
        log = self._seat(slot).wait_for_end(key)
        return self._log_note(log) if log else None

    def lack(self) -> str | None:
        """Return what this host has run out of, or None."""
        return lack_of_room(self._setup.settings)

    def path(self, name: str) -> Path:
        """Return the place of the file `name` of the project, which is relative to it."""
        return self.project / name

    def put_file(self, name: str, data: bytes) -> None:
        """Write a small file of the project. Raise OSError if there is no room for it."""
        path = self.path(name)
        with self._writing:  # two lanes may be sent the same sound at once
            private.make_folder(path.parent)
            with whole(path) as part:
                part.write_bytes(data)

    def close(self, *, kill: bool) -> None:
        """End all lanes, and remove all but the project and its takes; with `kill` at once.

        After a kill the logs stay: their text may not have come home.
        """
        with self._lock:
            self._closed, seats = True, list(self._seats.values())
        enders = [threading.Thread(target=seat.close, kwargs={"kill": kill}) for seat in seats]
        for ender in enders:
            ender.start()
        for ender in enders:
            ender.join()
        if not kill:
            remove(Path(self._setup.log_dir))
        remove(self._setup.settings.output_dir)
        self._folders.close()

    def _seat(self, slot: int) -> Seat:
        with self._lock:
            if self._closed:
                raise LookupError("the batch has ended on this host")
            if slot not in self._seats:
                self._seats[slot] = Seat(lambda: self._make_lane(slot, self._setup))
            return self._seats[slot]

    def _takes(self) -> Iterator[RemoteTake]:
        settings = self._setup.settings
        for name in recorded_jobs(settings):
            work_dir = WorkDir.of(settings, name)
            printed = read_printed(work_dir.take_print)
            with suppress(OSError, ValueError):  # damaged: it is recorded again
                exact = not read_truth(work_dir.path).reasons
                if printed:
                    yield RemoteTake(job=name, prints=printed.prints, exact=exact)

    def _forget_old_takes(self, job: Job) -> None:
        """With `force`: make old takes of `job`, and those that it may share, unusable."""
        if not self._batch.force:
            return
        with self._lock:
            names = {job.name, *job.takes_from} - self._forgotten
            self._forgotten |= names
        if job.name in names:
            clock_fallback.forget(self._setup.settings, job)
        for name in names:
            remove(WorkDir.of(self._setup.settings, name).take_print)

    def _files_of(self, job: Job) -> Iterator[FileNote]:
        """Yield the files that come home: first the work dir's, the video, and its print."""
        settings = self._setup.settings
        work_dir, outputs = WorkDir.of(settings, job.name), Outputs.of(settings, job.name)
        left_out = () if self._batch.takes else (*TAKE_FILES, TAKE_PRINT)
        paths = [
            path
            for path in sorted(work_dir.path.rglob("*"))
            if path.is_file() and path.name not in left_out and path != work_dir.video_print
        ]
        paths += [clock_fallback.note_of(settings, job)]
        paths += [*outputs.all, work_dir.video_print]
        for path in paths:
            if path.is_file():
                yield self._note(path)

    def _note(self, path: Path) -> FileNote:
        note = noted(path)
        return FileNote(name=self._relative(path), size=note.size, sha256=note.sha256)

    def _log_note(self, log: Log) -> FileNote | None:
        if not log.path.is_file():
            return None
        with log.path.open("rb") as file:
            file.seek(log.begin)
            text = file.read()
        digest = hashlib.sha256(text).hexdigest()
        name = self._relative(log.path)
        return FileNote(name=name, size=len(text), sha256=digest, begin=log.begin)

    def _relative(self, path: Path) -> str:
        return path.relative_to(self.project).as_posix()

    def _plain(self, text: str) -> str:
        """Return `text` without the path of this host's copy of the project."""
        return text.replace(f"{self.project}{os.sep}", "")

    def _without_place(self, attempt: Attempt) -> Attempt:
        return Attempt.model_validate(_mapped(attempt.model_dump(), self._plain))


def open_lanes(
    batch: HostedBatch,
    folder: Path,
    parcel: Path | None,
    make_lane: MakeLane,
) -> BatchLanes | None:
    """Make the lanes of `batch` in `folder`; return None if the project must be sent first.

    `parcel` is the project's archive if it was sent; it is removed.

    Raises:
        ForgeError: this host lacks something.
        OSError, ValueError: the archive cannot be unpacked.
    """
    with ExitStack() as folders:
        project = _own_copy(batch.digest, folder, parcel, folders)
        if project is None:
            return None
        settings = on_host(batch.settings, project)
        sweep_parts(part_folders(settings))
        remove(settings.output_dir)
        run, slots = folders.enter_context(batch_folders(project))
        log_dir = settings.work_root / LOGS / batch.batch
        private.make_folder(log_dir / "jobs")
        setup = LaneSetup(
            run_dir=str(run),
            slots_dir=str(slots.path),
            log_dir=str(log_dir),
            settings=settings,
            machine=checks.find_machine(settings).on(batch.clock) if batch.clock else None,
            spare=batch.lanes < processors(),
            stage=batch.stage,
        )
        return BatchLanes(batch, setup, make_lane, folders.pop_all())
    return None


def _own_copy(digest: str, folder: Path, parcel: Path | None, held: ExitStack) -> Path | None:
    """Return a copy of the project that no other batch uses, and keep it so until `held` closes."""
    for number in count(1):
        projects = folder / (PROJECTS if number == 1 else f"{PROJECTS}-{number}")
        project, is_new = host_projects.has(projects, digest), False
        if project is None and parcel is None:
            return None
        if project is None and parcel is not None:
            project, is_new = host_projects.unpack(parcel, projects, digest), True
        assert project is not None
        held.callback(os.close, host_projects.hold(project))
        work_root = project / ".forge"
        private.make_folder(work_root)
        try:
            held.enter_context(project_lock(work_root))
        except UsageError:  # another batch of the same project
            continue
        if is_new:
            host_projects.take_over(projects, project)
        host_projects.sweep(projects)
        return project
    return None


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    """Return `value` with each text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _mapped(item, change) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(_mapped(item, change) for item in value)
    return value
