"""One job in one process: speak ─▶ record ─▶ lay out and compose."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from forge.adapters.contract import Adapter, Slot
from forge.adapters.loading import load_adapter
from forge.errors import (
    ChangedError,
    ComposeError,
    MachineError,
    ProjectError,
    RecordingError,
)
from forge.model.records import Attempt, Event, Failure, Job, Line, Phase
from forge.model.settings import Clock
from forge.model.speech import Speech, estimate
from forge.model.take import Take
from forge.model.timeline import Manifest, lay_out, serves
from forge.project.plan import find_tutorial
from forge.store import clock_fallback, private
from forge.store.atomic import remove
from forge.store.file_notes import Notes, noted, notes_of
from forge.store.fingerprint import Printed, read_printed, read_whole_take, write_printed
from forge.store.freshness import assess
from forge.store.job_files import read_speech, read_take, write_manifest, write_speech, write_take
from forge.store.paths import (
    CONSOLE_FILE,
    EVIDENCE,
    FRAMES_FILE,
    MANIFEST_FILE,
    PAGE_FILE,
    SCREENSHOT_FILE,
    TAKE_FILE,
    TAKE_FILES,
    TAKE_PRINT,
    VIDEO_PRINT,
    Outputs,
    WorkDir,
)
from forge.tutorial import Step, Tutorial
from forge.workers import log_redirect
from forge.workers.background import out_of_the_way
from forge.workers.composing.encode_ahead import EncodeAhead
from forge.workers.entry import explain
from forge.workers.job.one_version import OneVersion
from forge.workers.real_time import monotonic
from forge.workers.setup import WorkerContext

if TYPE_CHECKING:
    from forge.workers.recording.browser.chrome import Launch
    from forge.workers.recording.phase import OnTake

TELL_S = 1.0  # how often composing gives a sign of life


class JobStage:
    """Renders the jobs of one worker: the phases that were asked for.

    It keeps what outlives a job: the adapter, and what is known of the files that jobs are made of.
    """

    def __init__(self, context: WorkerContext) -> None:
        self.context = context
        self.adapter: Adapter | None = None
        self.version = OneVersion()

    def __call__(self, job: Job) -> Attempt:
        """Render `job`, and say what came out."""
        return _Render(job, self).run()


class _Render:
    """One job under way."""

    def __init__(self, job: Job, stage: JobStage) -> None:
        self.stage, self.context = stage, stage.context
        self.job, self.settings = job, self.context.settings
        self.machine = self.context.machine
        self.work_dir = self.settings.work_root / job.name
        self.phases: dict[Phase, float] = {}
        self.warnings: list[str] = []
        self.artifacts: list[str] = []
        self.output: str | None = None
        self.files: Notes = {}
        self.video_s: float | None = None
        self.memory_mb: float | None = None
        self.take: Take | None = None
        self.given_up: str | None = None  # why not on the virtual clock, though on "auto"
        self.ahead: EncodeAhead | None = None
        self._other = ThreadPoolExecutor(1, "forge-ready")
        self._launch: Future[Launch] | None = None
        self._told_s = monotonic()

    def run(self) -> Attempt:
        wanted = self.context.phase
        steps: tuple[tuple[Phase, Callable[[], object]], ...] = (
            ("speak", self._speak),
            ("record", self._record),
            ("compose", self._compose),
        )
        error: Failure | None = None
        try:
            private.make_folder(self.work_dir)
            self._put_aside()
            self._choose_clock()
            remove(self.work_dir / VIDEO_PRINT)
            self._insist_on_one_version()
            for phase, do in steps:
                if wanted in ("all", phase):
                    with self._timed(phase):
                        do()
                    if phase == "record":
                        self._tell(Event(kind="take", slot=self.context.slot, job=self.job.name))
            if wanted == "all":
                self._print_video()
        except Exception as problem:
            log_redirect.trace()
            self._keep_sheet(problem)
            error = explain(self._change() or problem).model_copy(
                update={"artifacts": tuple(self.artifacts)}
            )
        finally:
            self._end_browser()
        return Attempt(
            job=self.job.name,
            output=self.output,
            files=self.files,
            video_s=self.video_s,
            memory_mb=self.memory_mb,
            phases=self.phases,
            error=error,
            warnings=tuple(self.warnings),
            **(self.take.told if self.take else {}),
        )

    def _put_aside(self) -> None:
        """Keep what the last attempt left apart from this one's, in `attempt-<its number>/`."""
        files = WorkDir(self.work_dir)
        if self.job.attempt == 1:
            for old in (*files.attempts(), files.on_virtual_clock):
                remove(old)
            return
        if self.context.phase not in ("all", "record") or (self.work_dir / TAKE_PRINT).exists():
            return  # the take is whole: it is what this attempt works with
        self._move_evidence(files.attempt(self.job.attempt - 1))

    def _move_evidence(self, moved: Path) -> Path:
        """Move what a recording left that failed into the folder `moved` of the work dir."""
        private.make_folder(moved)
        for name in EVIDENCE:
            if name != moved.name and (self.work_dir / name).exists():
                (self.work_dir / name).replace(moved / name)
        self.artifacts.clear()
        return moved

    def _choose_clock(self) -> None:
        """`auto` begins on the virtual clock, unless it was given up here before."""
        if self.machine and self.machine.clock == "auto":
            self.given_up = clock_fallback.given_up(self.settings, self.machine, self.job)
            self.machine = self.machine.on("elastic" if self.given_up else "virtual")

    @property
    def clock(self) -> Clock | None:
        """The clock of this recording; None where nothing is recorded."""
        return self.machine.clock if self.machine else None

    @contextmanager
    def _timed(self, phase: Phase) -> Iterator[None]:
        self._tell(Event(kind="phase", slot=self.context.slot, job=self.job.name, phase=phase))
        began = monotonic()
        try:
            yield
        finally:
            self.phases[phase] = round(monotonic() - began, 3)

    def _speak(self) -> None:
        """Speak; meanwhile a browser starts, and what comes next is loaded: a second's work."""
        from forge.workers.speaking.phase import speak

        if self.context.phase == "all":
            if not assess(self.settings, self.context.machine, self.job).take_from:
                self._launch = self._other.submit(self._start_browser)
            for phase in ("recording", "composing"):
                self._other.submit(importlib.import_module, f"forge.workers.{phase}.phase")
        speech = speak(self.job, self.settings, self._on_line)
        write_speech(speech, self.work_dir)

    def _record(self) -> None:
        from forge.workers.recording.virtual import patched_time

        if self.clock == "virtual":
            patched_time.install()
        if self.context.phase == "all" and self._has_take():
            return
        for name in (TAKE_PRINT, SCREENSHOT_FILE, PAGE_FILE, CONSOLE_FILE):
            remove(self.work_dir / name)
        self._adapter()  # what keeps it from starting is no matter of clocks
        tutorial = find_tutorial(self.job).tutorial
        self._launch = self._launch or self._other.submit(self._start_browser)
        if self.given_up:
            print(f"recording on the elastic clock: {self.given_up}")
        try:
            self._record_once(tutorial)
        except Exception as problem:
            if not self._may_give_up(problem):
                raise
            self._record_instead(tutorial, problem)

    def _may_give_up(self, problem: Exception) -> bool:
        """Whether the elastic clock may be able to do what just failed.

        Not only after a `ClockError`: a wait of a step's may have failed for the clock's sake. But
        a browser or an app that went away is given the attempts that are left on this clock.
        """
        asked = self.context.machine.clock if self.context.machine else None
        if (asked, self.clock) != ("auto", "virtual"):
            return False
        if isinstance(problem, ProjectError | MachineError) or self._change():
            return False
        if isinstance(problem, RecordingError) and problem.any_clock:
            return False
        last = self.job.attempt > self.settings.attempts_more
        return last or clock_fallback.would_fail_again(problem)

    def _record_instead(self, tutorial: Tutorial, problem: Exception) -> None:
        """What failed on the virtual clock is recorded on the elastic one, as if for the first
        time; it is the same attempt."""
        log_redirect.trace()
        why = clock_fallback.why_given_up(problem)
        kept = self._move_evidence(WorkDir(self.work_dir).on_virtual_clock)
        self.warnings.clear()  # those of a recording that nothing will show; the logs have them
        self.given_up = why
        assert self.machine
        self.machine = self.machine.on("elastic")
        try:
            self._record_once(tutorial)
        except Exception:
            self._warn(f"{why}; the elastic clock failed too (what was seen before: {kept})")
            raise
        self._warn(f"{why}; recorded on the elastic clock (what was seen before: {kept})")
        if clock_fallback.would_fail_again(problem):
            with suppress(OSError):  # then it is tried again the next time
                clock_fallback.give_up(self.settings, self.job, why)

    def _record_once(self, tutorial: Tutorial) -> None:
        """A whole recording, on the clock in use; its take and prints are then in the work dir."""
        self._launch = self._launch or self._other.submit(self._start_browser)
        try:
            personal = self._record_with(tutorial, self._adapter(), self._launch.result())
            self._insist_on_one_version()
        except BaseException:
            if self.ahead:
                self.ahead.end()
                self.ahead = None
            self._close_browser()
            self._drop_adapter()  # its app may be what is broken: the next recording has a new one
            raise
        job = clock_fallback.on_elastic(self.job) if self.given_up else self.job
        own = {"lang": self.job.lang or ""} if personal else {}
        files = notes_of(self.work_dir / name for name in TAKE_FILES)
        write_printed(self.work_dir / TAKE_PRINT, {**job.take_prints, **own}, files)

    def _record_with(self, tutorial: Tutorial, adapter: Adapter, launch: Launch) -> bool:
        """Whether the take serves this language only."""
        from forge.workers.recording.phase import Recording

        recording = Recording(
            self.job,
            tutorial,
            launch,
            adapter,
            Slot(self.context.slot, self.context.slot_dir),
            self.settings,
            self.work_dir,
            self._warn,
        )
        speech = self._speech()
        try:
            take = recording.run(speech, self._on_step, self._on_take(speech))
        finally:
            self.artifacts += recording.artifacts
            self.memory_mb = recording.memory_mb
        if self.given_up:
            take = take.model_copy(update={"outside": (*take.outside, self.given_up)})
            write_take(take, self.work_dir)
        self.take = take
        return recording.personal

    def _start_browser(self) -> Launch:
        from forge.workers.recording.browser.chrome import Launch

        slot = Slot(self.context.slot, self.context.slot_dir)
        assert self.machine, "a batch that records has found its browser"
        return Launch(self.settings, self.machine, self.context.scratch, slot.downloads)

    def _end_browser(self) -> None:
        """Wait until nothing of it is left; a recording lets it end beside what comes next."""
        self._other.shutdown()
        self._close_browser()

    def _close_browser(self) -> None:
        launch, self._launch = self._launch, None
        if launch and not launch.exception():
            launch.result().close()

    def _on_take(self, speech: Speech) -> OnTake | None:
        """Encode what the recording has come to, in the time that it leaves the processors idle.

        On the elastic clock that is next to nothing: all would only take longer side by side.
        """
        if self.context.phase != "all" or self.clock == "elastic":
            return None
        self.ahead = EncodeAhead(
            lambda take: self._so_far(take, speech), self.settings, self.work_dir
        )
        return self.ahead.offer

    def _so_far(self, take: Take, speech: Speech) -> Manifest:
        """The manifest of a take's steps so far."""
        lines = speech.lines[: len(take.steps)]
        return self._laid_out(take.model_copy(update={"complete": True}), Speech(lines=lines))

    def _laid_out(self, take: Take, speech: Speech) -> Manifest:
        style = self.settings.style
        return lay_out(
            take,
            speech,
            self.job.title,
            objectives=self.job.objectives,
            summary=self.job.summary,
            cards=style.cards,
            speed_up=style.speed_up,
        )

    def _keep_sheet(self, problem: Exception) -> None:
        """After a failed recording: a contact sheet of how far it came."""
        if not (self.settings.contact_sheet and isinstance(problem, RecordingError)):
            return
        from forge.workers.composing.phase import sheet_before

        try:
            lang = self.job.lang or self.settings.source_language
            texts = {line.step: line.text for line in self.job.lines}
            path = sheet_before(problem.step or "setup", texts, lang, self.work_dir)
            self.artifacts.append(str(path))
        except Exception as other:  # evidence is a courtesy
            self._warn(f"no contact sheet could be made: {other}")

    def _has_take(self) -> bool:
        """Whether a take is there that serves: of an earlier render, or of another language."""
        for folder, printed in assess(self.settings, self.context.machine, self.job).take_from:
            try:
                take = read_whole_take(folder)
                if serves(take, read_speech(self.work_dir)):
                    if folder != self.work_dir:
                        self._adopt(take, folder, printed)
                    return True
            except OSError:
                continue  # it is being recorded anew
            except ValueError as problem:
                self._warn(f"{problem}: recorded again")
        return False

    def _adopt(self, take: Take, folder: Path, printed: Printed) -> None:
        """Make another job's take this one's; its pictures stay on the disk once."""
        for name in (TAKE_PRINT, FRAMES_FILE):
            remove(self.work_dir / name)
        (self.work_dir / FRAMES_FILE).hardlink_to(folder / FRAMES_FILE)
        write_take(take.model_copy(update={"lang": self.job.lang}), self.work_dir)
        files = {**printed.files, TAKE_FILE: noted(self.work_dir / TAKE_FILE)}
        write_printed(self.work_dir / TAKE_PRINT, printed.prints, files)

    def _compose(self) -> None:
        from forge.workers.composing.phase import Footage, compose
        from forge.workers.composing.sidecars.thumbnail import video_thumbnail

        try:
            take, speech = read_take(self.work_dir), read_speech(self.work_dir)
        except (OSError, ValueError) as problem:
            raise ComposeError(
                f"{self.work_dir} has no usable take and narration: {problem}",
                hint="run all phases: leave --phase out",
            ) from problem
        self.take = take
        manifest = self._laid_out(take, speech)
        write_manifest(manifest, self.work_dir)
        ahead = self.ahead
        if ahead:
            ahead.stop()
        try:
            with out_of_the_way("forge-compose") as thread:
                probed = thread.submit(
                    compose,
                    Footage(self.job.name, take, manifest, self.work_dir),
                    self.settings,
                    self._on_frame,
                    ahead.end if ahead else dict,
                    self._insist_on_one_version,
                ).result()
        finally:
            if ahead:
                ahead.end()
        *_, video = made = Outputs.of(self.settings, self.job.name).all
        self.files = notes_of(made)
        with suppress(Exception):  # an ornament: it fails no job, and the report tries again
            video_thumbnail(video, self.work_dir)
        self.output, self.video_s = str(video), round(probed.duration_s, 3)

    def _print_video(self) -> None:
        """Note what the video was made of: an unchanged job is not rendered again."""
        taken = read_printed(self.work_dir / TAKE_PRINT)
        prints = {**(taken.prints if taken else {}), **self.job.video_prints}
        manifest = notes_of([self.work_dir / MANIFEST_FILE])
        write_printed(self.work_dir / VIDEO_PRINT, prints, self.files | manifest)

    def _change(self) -> ChangedError | None:
        """That a file which the job is made of has changed since the batch began, if one has."""
        changed = self.stage.version.changed(self.job.sources)
        return ChangedError(changed) if changed else None

    def _insist_on_one_version(self) -> None:
        """Raise ChangedError when a file of the job's has changed, and be it that of now."""
        if change := self._change():
            raise change

    def _speech(self) -> Speech:
        """The narration to pace the recording by: what was spoken, or an estimate."""
        try:
            speech = read_speech(self.work_dir)
        except (OSError, ValueError):
            return estimate(self.job.lines)
        spoken = [(line.step, line.text) for line in speech.lines]
        current = [(line.step, line.text) for line in self.job.lines]
        return speech if spoken == current else estimate(self.job.lines)

    def _adapter(self) -> Adapter:
        """This worker's adapter instance, started on first use and stopped with the worker."""
        from forge.workers.recording.user_code import start_adapter

        adapter = self.stage.adapter
        if adapter is None:
            kind = load_adapter(self.settings.adapter, self.settings.project_dir)
            with log_redirect.into(self.context.lane_log):  # the app it starts outlives this job
                adapter = start_adapter(kind, Slot(self.context.slot, self.context.slot_dir))
            self.context.baseline.renew_with_adapter()
            self.stage.adapter = adapter
            self.context.closers.append(adapter.stop)
        return adapter

    def _drop_adapter(self) -> None:
        adapter, self.stage.adapter = self.stage.adapter, None
        if adapter is None:
            return  # it did not start
        self.context.closers.remove(adapter.stop)
        with log_redirect.into(self.context.lane_log):
            try:
                adapter.stop()
            except Exception:
                log_redirect.trace()

    def _on_line(self, number: int, line: Line) -> None:
        self._progress(number, line.text)

    def _on_step(self, number: int, step: Step) -> None:
        self._progress(number, self.job.lines[number - 1].text)

    def _on_frame(self, number: int, count: int) -> None:
        now_s = monotonic()
        if now_s - self._told_s >= TELL_S:
            self._told_s = now_s
            self._progress(number, "", count)

    def _progress(self, number: int, text: str, count: int | None = None) -> None:
        self._tell(
            Event(
                kind="step",
                slot=self.context.slot,
                job=self.job.name,
                step=number,
                steps=count or len(self.job.lines),
                text=text,
            )
        )

    def _warn(self, text: str) -> None:
        self.warnings.append(text)
        self._tell(Event(kind="warning", slot=self.context.slot, job=self.job.name, text=text))

    def _tell(self, event: Event) -> None:
        self.context.tell(event)
