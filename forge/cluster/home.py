"""What all remote lanes of a batch share: the batch, and where its files belong at home."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from forge.cluster.connection import Cluster
from forge.model.hosts import HostedBatch, Ticket
from forge.model.machine import Machine
from forge.model.records import Attempt, Event, Job
from forge.model.settings import Settings
from forge.store import private
from forge.store.atomic import make_folder, remove
from forge.store.clock_fallback import given_up
from forge.store.file_notes import Notes, noted
from forge.store.fingerprint import read_printed, write_printed
from forge.store.freshness import KeptTake, fitting_takes
from forge.store.paths import TAKE_FILES, TAKE_PRINT, Outputs, WorkDir
from forge.store.portable import located, portable
from forge.workers.job.workspace import Workspace


class Voices(Protocol):
    """What is spoken at home, because only home has the key."""

    def spoken(self, job: Job, tell: Callable[[Event], object]) -> Attempt | None:
        """Speak what `job` needs, and wait; return an attempt if it failed."""
        ...

    def sounds(self, job: Job) -> Sequence[Path]:
        """Return the sounds of `job` that a host cannot make, below the project."""
        ...

    def end(self, job: Job) -> None:
        """End the speaking of `job`, if it is under way."""
        ...


@dataclass(frozen=True)
class Home:
    """A batch at home.

    `batch` is what hosts know of it; `settings`, `machine` and `log_dir` are home's.
    """

    cluster: Cluster
    batch: HostedBatch
    settings: Settings
    machine: Machine | None
    log_dir: Path
    voices: Voices

    def ticket(self, slot: int, topic: str, job: Job) -> Ticket:
        """Return the ticket for an attempt at `job`.

        Files outside of the project stay out of it: they are forge's own, or installed packages.
        """
        inside = portable(job, self.settings.project_dir)
        sources = {
            path: note for path, note in inside.sources.items() if not Path(path).is_absolute()
        }
        travels = inside.model_copy(update={"sources": sources})
        return Ticket(
            batch=self.batch.batch,
            slot=slot,
            topic=topic,
            job=travels,
            given_up=given_up(self.settings, self.machine, job),
        )

    def takes_for(self, job: Job) -> Iterator[KeptTake]:
        """Yield the takes here that `job` may use according to their prints, its own first."""
        return fitting_takes(self.settings, self.machine, job)

    def log_of(self, job: str) -> Path:
        """Return the log with the output of `job`, of all hosts on which it was tried."""
        return self.log_dir / "jobs" / f"{job}.log"

    def note_in_log(self, job: str, text: str) -> None:
        """Add a line of ours to the log of `job`."""
        path = self.log_of(job)
        private.make_folder(path.parent)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"-- {text} --\n")

    def prepare(self, job: Job) -> None:
        """Keep the evidence of an attempt that failed before; the video counts as stale."""
        workspace = Workspace(job, self.settings)
        workspace.prepare("all")
        workspace.forget_video()

    def place(self, job: Job, name: str) -> Path:
        """Return where the file of a host belongs; `name` is relative to the project there.

        Raises:
            ConnectionError: the file is none of `job`.
        """
        path, settings = PurePosixPath(name), self.settings
        own = path.name.startswith(f"{job.name}.")
        if own and path.parent == PurePosixPath(self.batch.settings.out_dir.as_posix()):
            make_folder(settings.output_dir)
            return settings.output_dir / path.name
        top, *inner = path.parts
        if (
            top == ".forge"
            and ".." not in inner
            and inner[:1] in ([job.name], [f"{job.id}.clock.json"])
        ):
            place = settings.work_root.joinpath(*inner)
            private.make_folder(place.parent)
            return place
        raise ConnectionError(f"the host sent a file that is none of {job.name!r}: {name}")

    def attempt(self, attempt: Attempt, places: Mapping[str, Path], *, full: bool) -> Attempt:
        """Return `attempt` with home's paths and notes in place of the host's.

        `full`: the host has run out of room, so another attempt may succeed.
        """
        output = attempt.output and str(places[attempt.output])
        if output:
            self._forget_other_take(attempt.job)
        here = located(attempt, self.settings.project_dir)
        if error := here.error:
            update = {"transient": error.transient or full}
            here = here.model_copy(update={"error": error.model_copy(update=update)})
        files = self._notes(attempt.job, places) if output else {}
        return here.model_copy(update={"output": output, "files": files})

    def _forget_other_take(self, job: str) -> None:
        """Remove the take here if the video that has come was made of another one.

        A recording here would have replaced it. A take tells what its video is, such as its clock.
        """
        work_dir = WorkDir.of(self.settings, job)
        video, take = read_printed(work_dir.video_print), read_printed(work_dir.take_print)
        if video and not (take and take.prints.items() <= video.prints.items()):
            for name in (TAKE_PRINT, *TAKE_FILES):
                remove(work_dir.path / name)

    def _notes(self, job: str, places: Mapping[str, Path]) -> Notes:
        """Return the notes of the video and the files beside it, with their times at home.

        The print of the video gets them too: so a later batch need not read the files.
        """
        work_dir, outputs = WorkDir.of(self.settings, job), Outputs.of(self.settings, job)
        here = {path.name: noted(path) for path in places.values() if path in outputs.all}
        if printed := read_printed(work_dir.video_print):
            manifest = {work_dir.manifest.name: noted(work_dir.manifest)}
            write_printed(work_dir.video_print, printed.prints, here | manifest)
        return here
