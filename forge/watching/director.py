"""Decide what is done next: plan again after a change, play the job that is shown, make a clip."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from forge.errors import ChangedError, ForgeError, UsageError
from forge.model.records import Attempt, Failure, Job
from forge.watching.board import Board, Problem, Shown, ShownJob
from forge.watching.changes import LOOK_S, Changes, files_of
from forge.watching.places import affected, first_of
from forge.watching.rounds import Plan
from forge.watching.teller import Teller, job_in
from forge.watching.warm import Stopped, Work
from forge.workers.watching.messages import Wish

PLAN = "forge.watching.rounds:planned"
PLAY, CLIPS = "forge.workers.watching.play:play", "forge.workers.watching.play:clips"
PLAN_S = 60.0  # the longest silence of a plan
OFTEN = 4  # stops in a row, after which something seems wrong
LOCK_S = 1.0  # between two tries to get the project, while another command works in it

Prints = tuple[Mapping[str, str], Mapping[str, str]]


class Worker(Protocol):
    """A process that does work (`forge.watching.warm`)."""

    def do(
        self, work: Work, on_news: Callable[[Any], object], may_go_on: Callable[[], bool]
    ) -> Any: ...


class Watched(NamedTuple):
    """What is watched: a project, with settings of the command line, and the tutorials `only`.

    `step`: the step that the author works on; "" for the first. `folder`: for pictures and clips.
    """

    project_dir: Path
    flags: Mapping[str, Any]
    only: tuple[str, ...]
    step: str
    folder: Path


class Director:
    """Keeps the page of one project up to date. `say` prints a line for the terminal.

    `lock(work_root)` holds the project while a job is played.
    """

    def __init__(
        self,
        watched: Watched,
        board: Board,
        worker: Worker,
        lock: Callable[[Path], AbstractContextManager[None]],
        say: Callable[[str], object],
    ) -> None:
        self._watched, self._board, self._worker = watched, board, worker
        self._lock, self._say = lock, say
        self._teller = Teller(board)
        self._plan: Plan | None = None
        self._played: dict[str, Prints] = {}
        self._again: set[str] = set()  # jobs that are to be recorded again
        self._changes = Changes(self._files)
        self._changed = False
        self._stops = 0  # since a job was played to its end

    def choose(self, job: str, step: str, again: bool) -> None:
        """Show that step of that job, and play the job if it has changed, or `again`.

        The threads of the page's server call this.
        """

        def chosen(shown: Shown) -> None:
            found = shown.named(job)
            if found is None or found.step(step) is None:
                return
            shown.job, shown.step = job, step
            if again:
                found.mark_changed()
                self._again.add(job)

        self._board.change(chosen)

    def begin(self) -> None:
        """Plan for the first time, and find the step.

        Raises:
            UsageError: no tutorial has that step, or several have.
            ForgeError: the project cannot be read.
        """
        self._replan()

    def run(self) -> None:
        """Do what there is to do, until the process is interrupted."""
        while True:
            if not self.turn():
                self._board.wait(LOOK_S / 2)

    def turn(self) -> bool:
        """Do the most important thing; return False if there is nothing to do."""
        if self._look():
            self._changed = False
            self._teller.begin_round()
            self._try_to_plan()
        elif self._changes.pending:
            return False
        elif job := self._due():
            self._play(job)
        elif missing := self._missing_clips():
            self._make_clips(missing)
        else:
            return False
        return True

    # Changes and plans --------------------------------------------------------------------------

    def _files(self) -> set[Path]:
        plan, watched = self._plan, self._watched
        sources = {name for job in plan.jobs for name in job.sources} if plan else set()
        if plan is None:
            return files_of(watched.project_dir, None, sources)
        return files_of(watched.project_dir, plan.settings, sources, plan.given)

    def _look(self) -> bool:
        """Return True if files have changed since the last plan."""
        if changed := self._changes.look():
            names = sorted(path.name for path in changed)
            self._say(f"changed: {', '.join(names[:3])}{' …' if len(names) > 3 else ''}")
            self._changed = True
        return self._changed

    def _may_go_on(self) -> bool:
        """Return False if work in progress is about files as they no longer are."""
        return not (self._look() or self._changes.pending)

    def _try_to_plan(self) -> None:
        try:
            self._replan()
        except Stopped:
            pass
        except ForgeError as error:
            problem = Problem(error.message, error.hint)
            self._say(f"error: {error.message}")

            def wrong(shown: Shown) -> None:
                shown.problem, shown.doing = problem, ""

            self._board.change(wrong)

    def _replan(self) -> None:
        watched, before = self._watched, self._plan
        self._teller.tell("reads the project")
        given = (watched.project_dir, dict(watched.flags), watched.only)
        plan: Plan = self._worker.do(Work(PLAN, given, PLAN_S), lambda news: None, self._may_go_on)
        shown = self._board.shown
        place = affected(before, plan, shown) if before else first_of(plan, watched.step)
        self._plan = plan
        self._changes.add_new()

        def planned(shown: Shown) -> None:
            shown.plan(plan.jobs)
            shown.warnings, shown.problem, shown.doing = [*plan.warnings], None, ""
            shown.job, shown.step = place
            for job in plan.jobs:
                if self._played.get(job.name) != prints_of(job):
                    job_in(shown, job).mark_changed()

        self._board.change(planned)

    # Jobs and clips -----------------------------------------------------------------------------

    def _due(self) -> Job | None:
        """Return the job that is shown, if it is to be played."""
        shown = self._board.shown
        found = shown.named(shown.job)
        if self._plan is None or shown.problem or found is None or found.state != "changed":
            return None
        return self._job(shown.job)

    def _play(self, job: Job) -> None:
        self._teller.begin_round(again=False)
        assert self._plan
        settings = self._plan.settings
        self._teller.change_job(job, lambda shown: setattr(shown, "state", "playing"))
        try:
            with self._lock(settings.work_root):
                attempt: Attempt = self._do(PLAY, job, self._is_current(job))
        except Stopped:
            self._stop(job)
            return
        except UsageError as error:  # another command works in this project
            self._teller.change_job(job, ShownJob.mark_changed)
            self._teller.tell(f"waits: {error.message}")
            self._board.wait(LOCK_S)
            return
        except ForgeError as error:
            attempt = Attempt(job=job.name, error=_failure(error))
        if attempt.error and attempt.error.kind == ChangedError.__name__:
            self._stop(job)
        else:
            self._end(job, attempt)

    def _stop(self, job: Job) -> None:
        """Play the job again later: it was stopped, or a file has changed before its end."""
        self._teller.change_job(job, ShownJob.mark_changed)
        self._stops += 1
        if self._stops == OFTEN:
            self._say(
                f"{job.name} was stopped {OFTEN} times by changes: a file that the app itself"
                " writes does not belong under `watch`"
            )

    def _is_current(self, job: Job) -> Callable[[], bool]:
        return lambda: self._may_go_on() and self._board.shown.job == job.name

    def _end(self, job: Job, attempt: Attempt) -> None:
        self._played[job.name] = prints_of(job)
        self._again.discard(job.name)
        self._stops = 0
        if attempt.error is None:
            self._teller.change_job(job, lambda shown: shown.finish(attempt.warnings))
            took_s = self._board.shown.took_s
            self._say(f"{job.name}: played" + (f", shown after {took_s} s" if took_s else ""))
        else:
            error = attempt.error
            problem = Problem.of(error, _kept(error.artifacts, self._watched.folder))
            self._teller.change_job(job, lambda shown: shown.fail(problem, attempt.warnings))
            self._say(f"{job.name}: {error.headline}")
        self._teller.tell("")

    def _missing_clips(self) -> tuple[str, ...]:
        """Return the steps of the job that is shown that lack a clip, the one that is shown first.

        Encoded pictures are kept in the cache of the project, so a render need not encode them.
        """
        shown = self._board.shown
        job = shown.named(shown.job)
        if self._plan is None or shown.problem or job is None or job.state != "played":
            return ()
        missing = [step.id for step in job.steps if not step.clip]
        return tuple(sorted(missing, key=lambda step: step != shown.step))

    def _make_clips(self, steps: tuple[str, ...]) -> None:
        job = self._job(self._board.shown.job)

        def may_go_on() -> bool:
            chosen = self._board.shown.step  # meanwhile; without a clip it comes first
            hurry = chosen != steps[0] and chosen in self._missing_clips()
            return self._is_current(job)() and not hurry

        try:
            self._do(CLIPS, job, may_go_on, steps)
        except Stopped:
            return
        except ForgeError as error:
            problem = Problem(error.message, error.hint)
            self._teller.change_job(job, lambda shown: shown.fail(problem, shown.warnings))

    def _do(self, function: str, job: Job, may_go_on: Callable[[], bool], *given: object) -> Any:
        assert self._plan
        settings, machine = self._plan.settings, self._plan.machine
        step, again = self._board.shown.step, job.name in self._again
        wish = Wish(settings, machine, job, step, self._watched.folder, again)
        work = Work(function, (wish, *given), settings.limits.job_s)
        return self._worker.do(work, lambda news: self._teller.on_news(job, news), may_go_on)

    def _job(self, name: str) -> Job:
        assert self._plan
        return next(job for job in self._plan.jobs if job.name == name)


def prints_of(job: Job) -> Prints:
    """Return all that the pictures and the sound of `job` depend on."""
    return job.take_prints, job.video_prints


def _kept(artifacts: Sequence[str], folder: Path) -> str:
    """Copy the screenshot of a failure to the files of the page; return its name there."""
    for path in artifacts:
        if path.endswith(".png"):
            name = f"{hashlib.sha256(Path(path).read_bytes()).hexdigest()[:32]}.png"
            shutil.copy(path, folder / name)
            return name
    return ""


def _failure(error: ForgeError) -> Failure:
    return Failure(kind=type(error).__name__, message=error.message, hint=error.hint)
