"""The seam between the record phase and its recorders, and how one step is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from selenium.webdriver.remote.command import Command

from forge.model.card_timing import GRID_MS
from forge.model.settings import Clock, Video
from forge.model.speech import SpokenLine
from forge.model.take import Frame, StepTake, Take
from forge.model.timeline import LEAD_IN_MS, course_of
from forge.model.widgets import DialogEvent
from forge.workers.recording.browser.chrome import WatchedChrome
from forge.workers.recording.browser.page_watch import PageWatch
from forge.workers.recording.browser.requests import Requests
from forge.workers.recording.hand.hand import Hand

QUIET_MS = 150  # a page without a new picture for this long has come to rest
REST_MOST_MS = 2 * QUIET_MS  # in one look of `idle()`, which a wait repeats
REST_LEAST_MS = 1500  # the time to come to rest after an action that outlasts its sentence

WINDOW_COMMANDS = (Command.SWITCH_TO_WINDOW, Command.NEW_WINDOW, Command.CLOSE)


class Waited(NamedTuple):
    """The length of a wait in page time and in real time; `open`: pending requests and outsides."""

    page_s: float
    machine_s: float
    open: tuple[str, ...]


class StepPlan(NamedTuple):
    """What one step is recorded for: its `line`, and a pause of `settle_ms` at its end.

    `real`: in real time, on every clock.
    """

    line: SpokenLine
    settle_ms: int
    real: bool = False


class Recorder(Protocol):
    """Records the steps of one job, and makes a take of them."""

    @property
    def hand(self) -> Hand:
        """The hand that performs the tutorial's commands."""
        ...

    @property
    def watch(self) -> PageWatch:
        """The window that is filmed."""
        ...

    def begin(self) -> None:
        """Begin the recording: what the page shows now is the first picture."""
        ...

    def step(self, plan: StepPlan, act: Callable[[], object]) -> None:
        """Run `act` and record what comes of it, long enough for the narration of `plan`."""
        ...

    def users_code(self) -> AbstractContextManager[None]:
        """Run a tutorial's or an adapter's own code inside the block, while page time passes."""
        ...

    def take(self, tutorial: str, lang: str | None, *, complete: bool) -> Take:
        """Return everything recorded so far."""
        ...

    def notes(self) -> list[str]:
        """Return warnings for the author of the tutorial."""
        ...

    def unanswered(self) -> list[str]:
        """Return the requests that were given up and are still not answered."""
        ...

    def waited(self, began_s: float) -> Waited:
        """Return the time that has passed since `began_s` of the clock that limits waits."""
        ...

    def console(self) -> list[str]:
        """Return the lines that the pages wrote to their consoles."""
        ...

    def close(self) -> None:
        """Stop recording. The browser stays open."""
        ...


class Stage(Protocol):
    """The part of a recorder that `record_step` needs. Times are the take's, in ms.

    `resting`: the page is at rest. `commands`: the number of the tutorial's commands so far.
    """

    hand: Hand
    resting: bool
    commands: int

    def now_ms(self) -> int:
        """Return the take's time."""
        ...

    def dialogs(self) -> tuple[DialogEvent, ...]:
        """Return the dialogs that opened or closed since the last call."""
        ...

    def run_until(self, at_ms: float) -> None:
        """Let the take's time pass until then."""
        ...

    def disturbed(self, since_ms: int) -> bool:
        """Return True if the page has changed since `since_ms`, or still may, without a command."""
        ...

    def rest(self, until_ms: int) -> tuple[bool, int]:
        """Wait until the page rests, `until_ms` at most; return True if it does, and since when."""
        ...


def record_step(
    stage: Stage, plan: StepPlan, act: Callable[[], object], before: StepTake | None = None
) -> StepTake:
    """Run `act` and record what comes of it, long enough for the narration of `plan`.

    In real time the hold takes its full length, too. On a page that moves, a step begins where the
    step `before` it ends, and its action after the lead-in, so that no time is missing between.
    """
    goes_on = None if stage.resting else before
    start_ms, commands = goes_on.end_ms if goes_on else stage.now_ms(), stage.commands
    if plan.real or not stage.resting:
        # On a page at rest the lead-in is not recorded: composing adds it as a still picture.
        stage.run_until(start_ms + LEAD_IN_MS)
    action_start_ms = start_ms + LEAD_IN_MS if goes_on else stage.now_ms()
    act()
    ended_ms = stage.now_ms()
    step = StepTake(
        id=plan.line.step,
        start_ms=start_ms,
        action_start_ms=action_start_ms,
        action_end_ms=ended_ms,
        end_ms=ended_ms,
        settle_ms=plan.settle_ms,
        interactions=stage.hand.done(),
    )
    course = course_of(step, plan.line)
    # A page at rest that gets no command stays as it is: its hold need not be recorded.
    untouched = stage.resting and stage.commands == commands
    if plan.real or not untouched or stage.disturbed(action_start_ms):
        end_ms = max(course.wanted_end_ms(step, plan.line), ended_ms + REST_LEAST_MS)
        stage.resting, rest_ms = stage.rest(end_ms)
        if stage.resting:
            # A movement that went on after the last command belongs to the action.
            action_end_ms = max(ended_ms, min(rest_ms, end_ms))
            step = step.model_copy(update={"action_end_ms": action_end_ms})
        else:
            # All of it is shown, and steps of the video end on its grid.
            stage.run_until(course.on_grid_ms(step, end_ms + GRID_MS - 1))
    if plan.real:
        stage.run_until(course.wanted_end_ms(step, plan.line))
    end_ms = stage.now_ms()
    if not stage.resting:
        end_ms = course.on_grid_ms(step, end_ms)
    moving = plan.real or not stage.resting
    late = {"end_ms": end_ms, "moving": moving, "dialogs": stage.dialogs()}
    return step.model_copy(update=late)


class Journal:
    """The steps of a recording so far, and the warnings for its author."""

    def __init__(self, browser: WatchedChrome, video: Video, clock: Clock) -> None:
        self._browser, self._video, self.clock = browser, video, clock
        self._warnings: list[str] = []
        self.steps: list[StepTake] = []

    @property
    def last(self) -> StepTake | None:
        """The last step."""
        return self.steps[-1] if self.steps else None

    def add_late_picture(self, picture_ms: int) -> None:
        """Make a picture that came after the last step's end part of its hold."""
        last = self.steps[-1]
        end_ms = max(last.end_ms, picture_ms + GRID_MS)
        self.steps[-1] = last.model_copy(update={"end_ms": end_ms})

    def warn_of_change(self, outsides: tuple[str, ...]) -> None:
        """Warn that the page changed after the last step's end, perhaps because of `outsides`."""
        step, because = self.steps[-1].id, f" ({', '.join(outsides)})" if outsides else ""
        self._warnings.append(
            f"the page changed by itself after step {step!r} had come to rest{because}:"
            " give the step wait_for, or clock='real'"
        )

    def notes(self, silent: list[str]) -> list[str]:
        """Return the warnings, with one that names the requests without an answer (`silent`)."""
        named = ", ".join(silent)
        unanswered = [f"not answered, and no longer waited for: {named}"] if silent else []
        return [*self._warnings, *unanswered]

    def take(
        self,
        tutorial: str,
        lang: str | None,
        frames: tuple[Frame, ...],
        *,
        complete: bool,
        outside: tuple[str, ...] = (),
    ) -> Take:
        """Return everything recorded so far."""
        said = self._browser.capabilities
        width, height = self._video.pixels
        return Take(
            tutorial=tutorial,
            lang=lang,
            complete=complete,
            steps=tuple(self.steps),
            frames=frames,
            outside=outside,
            clock=self.clock,
            width=width,
            height=height,
            browser=f"{said.get('browserName')} {said.get('browserVersion')}",
        )


def given_up(watched: Iterable[Requests]) -> list[str]:
    """Return the labels of all requests that were given up and have not been answered since."""
    return list(dict.fromkeys(label for requests in watched for label in requests.given_up))
