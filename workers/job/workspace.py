"""The work dir of one job: the files kept there between phases, attempts and renders."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from forge.errors import ComposeError
from forge.model.records import Job, PhaseChoice
from forge.model.settings import Settings
from forge.model.speech import Speech, estimate
from forge.model.take import Take
from forge.model.timeline import serves
from forge.store import private
from forge.store.atomic import remove
from forge.store.file_notes import Notes, noted, notes_of
from forge.store.fingerprint import Printed, Prints, read_printed, read_whole_take, write_printed
from forge.store.freshness import KeptTake
from forge.store.job_files import read_speech, read_take, write_take
from forge.store.paths import (
    APP_LOG_FILE,
    CONSOLE_FILE,
    EVIDENCE,
    FRAMES_FILE,
    PAGE_FILE,
    SCREENSHOT_FILE,
    TAKE_FILE,
    TAKE_FILES,
    TAKE_PRINT,
    WorkDir,
)


class Workspace:
    """The files of one job, and the rules by which they are kept, moved and reused."""

    def __init__(self, job: Job, settings: Settings) -> None:
        self._job, self._files = job, WorkDir.of(settings, job.name)
        self.path = self._files.path

    def prepare(self, phase: PhaseChoice) -> None:
        """Make the folder; move the evidence of a failed attempt into `attempt-<its number>/`.

        The first attempt removes the evidence of earlier renders instead.
        """
        private.make_folder(self.path)
        if self._job.attempt == 1:
            for old in (*self._files.attempts(), self._files.on_virtual_clock):
                remove(old)
        elif phase in ("all", "record") and not self._files.take_print.exists():
            self._move_evidence(self._files.attempt(self._job.attempt - 1))
        # Otherwise the take is complete, and this attempt uses it.

    def keep_virtual_attempt(self) -> Path:
        """Move the evidence of a failed recording on the virtual clock aside; return where to."""
        self._move_evidence(self._files.on_virtual_clock)
        return self._files.on_virtual_clock

    def _move_evidence(self, folder: Path) -> None:
        private.make_folder(folder)
        for name in EVIDENCE:
            if name != folder.name and (self.path / name).exists():
                (self.path / name).replace(folder / name)

    def forget_video(self) -> None:
        """Remove the video's print: from now on the video counts as stale."""
        remove(self._files.video_print)

    def forget_take(self) -> None:
        """Remove the take's print and the evidence of earlier failures: a recording begins."""
        for name in (TAKE_PRINT, SCREENSHOT_FILE, PAGE_FILE, CONSOLE_FILE, APP_LOG_FILE):
            remove(self.path / name)

    def speech_to_pace_by(self) -> Speech:
        """Return the narration on the disk if it is of the job's lines, else an estimate."""
        try:
            speech = read_speech(self.path)
        except (OSError, ValueError):
            return estimate(self._job.lines)
        spoken = [(line.step, line.text, line.marks) for line in speech.lines]
        current = [(line.step, line.text, line.marks) for line in self._job.lines]
        return speech if spoken == current else estimate(self._job.lines)

    def take_and_speech(self) -> tuple[Take, Speech]:
        """Return the take and the narration on the disk.

        Raises:
            ComposeError: one of them is missing or damaged.
        """
        try:
            return read_take(self.path), read_speech(self.path)
        except (OSError, ValueError) as problem:
            raise ComposeError(
                f"{self.path} has no usable take and narration: {problem}",
                hint="run all phases: leave --phase out",
            ) from problem

    def reusable_take(
        self, kept: Iterable[KeptTake], speech: Speech, warn: Callable[[str], object]
    ) -> Take | None:
        """Return the first of the `kept` takes that is whole and long enough for `speech`, or None.

        A take of another job is copied into this job's work dir.
        """
        for folder, printed in kept:
            try:
                take = read_whole_take(folder)
                if serves(take, speech):
                    return take if folder == self.path else self._adopt(take, folder, printed)
            except OSError:
                continue  # another worker records that job at this moment
            except ValueError as problem:
                warn(f"{problem}: recorded again")
        return None

    def _adopt(self, take: Take, folder: Path, printed: Printed) -> Take:
        """Copy another job's take into this work dir; its frames are linked, not copied."""
        own = take.model_copy(update={"lang": self._job.lang})
        for path in (self._files.take_print, self._files.frames):
            remove(path)
        self._files.frames.hardlink_to(folder / FRAMES_FILE)
        write_take(own, self.path)
        files = {**printed.files, TAKE_FILE: noted(self._files.take)}
        write_printed(self._files.take_print, printed.prints, files)
        return own

    def write_take_print(self, prints: Prints) -> None:
        """Write the take's print: the take is complete, and was made of `prints`."""
        files = notes_of(self.path / name for name in TAKE_FILES)
        write_printed(self._files.take_print, prints, files)

    def write_video_print(self, made: Notes) -> None:
        """Write the video's print: the video is complete, and was made of the job's prints.

        `made`: the files in the output folder, by name.
        """
        taken = read_printed(self._files.take_print)
        prints = {**(taken.prints if taken else {}), **self._job.video_prints}
        write_printed(self._files.video_print, prints, made | notes_of([self._files.manifest]))
