"""The seam between the record phase and its recorders, and how one step is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from selenium.webdriver.remote.command import Command

from forge.model.card_timing import GRID_MS
from forge.model.settings import Clock, Video
from forge.model.take import StepTake, Take
from forge.model.timeline import LEAD_IN_MS, step_length_ms
from forge.workers.recording.browser.chrome import WatchedChrome
from forge.workers.recording.browser.page_watch import PageWatch
from forge.workers.recording.browser.requests import Requests
from forge.workers.recording.hand.hand import Hand

QUIET_MS = 150  # a page without a new picture for so long has come to rest
REST_LEAST_MS = 1500  # an action that outlasts its sentence is given time to come to rest, too

WINDOW_COMMANDS = (Command.SWITCH_TO_WINDOW, Command.NEW_WINDOW, Command.CLOSE)


class Waited(NamedTuple):
    """How long a wait has lasted, in seconds of page time and of the machine's; what is open."""

    page_s: float
    machine_s: float
    open: tuple[str, ...]


class Recorder(Protocol):
    """Turns steps into a take. One recorder serves one render, with one hand."""

    hand: Hand

    @property
    def watch(self) -> PageWatch:
        """The window that is filmed."""
        ...

    def begin(self) -> None:
        """The setup is over: what shows now is the first picture."""
        ...

    def step(
        self,
        step_id: str,
        act: Callable[[], object],
        audio_ms: int,
        settle_ms: int,
        *,
        real: bool = False,
    ) -> None:
        """Run `act` and record what comes of it, long enough for `audio_ms` of narration.

        `real`: in real time, whatever the recorder's own is.
        """
        ...

    def users_code(self) -> AbstractContextManager[None]:
        """A tutorial's or an adapter's own code runs inside: the page lives on beside it."""
        ...

    def take(self, tutorial: str, lang: str | None, *, complete: bool) -> Take:
        """Everything recorded so far."""
        ...

    def notes(self) -> list[str]:
        """What the author of the tutorial should know of the recording: warnings."""
        ...

    def unanswered(self) -> list[str]:
        """The requests that were given up and are still not answered."""
        ...

    def waited(self, began_s: float) -> Waited:
        """What went by since a wait of Selenium's began, on the clock that it goes by."""
        ...

    def console(self) -> list[str]:
        """What the pages said on their consoles."""
        ...

    def close(self) -> None:
        """Stop recording; the browser stays."""
        ...


class Stage(Protocol):
    """What recording a step needs of a recorder. Times are the take's, in ms."""

    hand: Hand
    resting: bool
    commands: int

    def now_ms(self) -> int:
        """What time it is in the take."""
        ...

    def live_until(self, at_ms: float) -> None:
        """Let the page live until then."""
        ...

    def disturbed(self, since_ms: int) -> bool:
        """Whether something came, or may still come, though no command was given since then."""
        ...

    def rest(self, until_ms: int) -> tuple[bool, int]:
        """Live until nothing is to come before `until_ms`; whether so, and since when it rests."""
        ...


def record_step(
    stage: Stage,
    step_id: str,
    act: Callable[[], object],
    audio_ms: int,
    settle_ms: int,
    *,
    real: bool,
) -> StepTake:
    """Run `act` and record what comes of it, long enough for `audio_ms` of narration.

    `real`: in real time, whatever the recorder's own is: the hold is lived through.
    """
    start_ms, commands = stage.now_ms(), stage.commands
    if real or not stage.resting:
        stage.live_until(start_ms + LEAD_IN_MS)
    action_start_ms = stage.now_ms()
    act()
    action_end_ms = stage.now_ms()
    untouched = stage.resting and stage.commands == commands
    if real or not untouched or stage.disturbed(action_start_ms):
        hold_ms = step_length_ms(action_end_ms - action_start_ms, audio_ms, settle_ms)
        end_ms = max(action_start_ms + hold_ms - LEAD_IN_MS, action_end_ms + REST_LEAST_MS)
        stage.resting, rest_ms = stage.rest(end_ms)
        if stage.resting:
            # What still moved after the last command belongs to the action.
            action_end_ms = max(action_end_ms, min(rest_ms, end_ms))
    if real:
        length_ms = step_length_ms(action_end_ms - action_start_ms, audio_ms, settle_ms)
        stage.live_until(action_start_ms + length_ms - LEAD_IN_MS)
    return StepTake(
        id=step_id,
        start_ms=start_ms,
        action_start_ms=action_start_ms,
        action_end_ms=action_end_ms,
        end_ms=stage.now_ms(),
        settle_ms=settle_ms,
        moving=real or not stage.resting,
        interactions=stage.hand.done(),
    )


def with_late_picture(step: StepTake, picture_ms: int) -> StepTake:
    """The step, so that a picture that came after its end is part of its hold."""
    return step.model_copy(update={"end_ms": max(step.end_ms, picture_ms + GRID_MS)})


def changed_by_itself(step_id: str, outsides: tuple[str, ...]) -> str:
    """The warning that a page at rest showed something else at the next look."""
    because = f" ({', '.join(outsides)})" if outsides else ""
    return (
        f"the page changed by itself after step {step_id!r} had come to rest{because}:"
        " give the step wait_for, or clock='real'"
    )


def given_up(watched: Iterable[Requests]) -> list[str]:
    """The labels of all requests that were given up and have not been answered since."""
    return list(dict.fromkeys(label for requests in watched for label in requests.given_up))


def told_of(silent: list[str]) -> list[str]:
    """The one warning that names all requests without an answer, if there are any."""
    return [f"not answered, and no longer waited for: {', '.join(silent)}"] if silent else []


def origin(browser: WatchedChrome, video: Video, clock: Clock) -> dict[str, Any]:
    """What a take says of how it was recorded, whoever did."""
    capabilities = browser.capabilities
    return {
        "clock": clock,
        "width": video.width * video.scale,
        "height": video.height * video.scale,
        "browser": f"{capabilities.get('browserName')} {capabilities.get('browserVersion')}",
    }
