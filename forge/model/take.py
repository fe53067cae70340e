"""A take: the frames and interactions of one recording. It does not depend on the narration.

Times are milliseconds since the recording began, on the clock of the page; pauses of the hand count
even where the browser did not have to wait for them (`forge.workers.recording.hand`). The frames
are JPEG pictures, one after another in `frames.bin`; a `Frame` is a place in it. They share one
file because a thousand small files cost more time than the pictures in them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from forge.model.records import Message, Record
from forge.model.widgets import Choice, DialogEvent, KeyPress, Widget, retimed


class Frame(Record):
    """One picture, which shows from `at_ms` until the next one; `offset` and `size` in bytes."""

    at_ms: int
    offset: int
    size: int


Box = tuple[float, float, float, float]
Point = tuple[float, float]
Kind = Literal[
    "click",
    "double",
    "context",
    "press",
    "drag",
    "release",
    "type",
    "clear",
    "move",
    "scroll",
    "reveal",
    "open",
    "choose",
    "answer",
    "key",
]
Shape = Literal["arrow", "hand", "text"]


class Interaction(Record):
    """One action of the hand.

    It set out at `from_ms`, arrived at `there_ms`, acted at `at_ms` and was done at `until_ms`; the
    first two are None where the hand was at the target already. `box` is the target (x, y, width,
    height) and `point` the place of the pointer, both in CSS pixels of the top document's viewport,
    also for elements in frames. `shape` is the cursor over the target.

    `reveal`: the hand scrolls to a target that is out of view. `open`: another page is opened.
    `widget`: what the browser itself drew for it. `keys`: the keys that it pressed and that do not
    write text. In a `choose`, a list or picker opened at `at_ms`, and the choice was made at
    `until_ms`. In an `answer`, a button of a dialog was pressed at `at_ms`.
    """

    kind: Kind
    at_ms: int
    box: Box | None = None
    point: Point | None = None
    from_ms: int | None = None
    there_ms: int | None = None
    until_ms: int | None = None
    shape: Shape = "arrow"
    widget: Widget | None = None
    keys: tuple[KeyPress, ...] = ()

    def timed(self, when: Callable[[int], int]) -> Interaction:
        """Return a copy in which `when` has converted every time."""
        widget = self.widget.timed(when) if isinstance(self.widget, Choice) else self.widget
        keys = tuple(retimed(key, when) for key in self.keys)
        return retimed(self, when).model_copy(update={"widget": widget, "keys": keys})


class StepTake(Record):
    """The times of one step: [start, action_start, action_end, end].

    The hold is the time from `action_end_ms` to `end_ms`, while the narration goes on. `moving`:
    the page did not come to rest, so its hold was recorded in full length. `dialogs`: those that
    opened or closed.
    """

    id: str
    start_ms: int
    action_start_ms: int
    action_end_ms: int
    end_ms: int
    settle_ms: int
    moving: bool = False
    interactions: tuple[Interaction, ...] = ()
    dialogs: tuple[DialogEvent, ...] = ()


class Truth(BaseModel):
    """The clock of a recording, and what happened outside of it: the part of a take that a result
    keeps. Other fields are ignored, so that it is read from the file of a whole take."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    clock: str
    outside: tuple[Message, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the take is not exact; empty when it is."""
        clock = () if self.clock == "virtual" else (f"recorded on the {self.clock} clock",)
        return (*clock, *self.outside)

    @property
    def result_fields(self) -> dict[str, Any]:
        """The fields of an `Attempt` or a `JobResult` that describe the take of its video."""
        return {"clock": self.clock, "exact": not self.reasons, "outside": self.reasons}


class Take(Record):
    """A whole recording. `width` and `height` are the size of the pictures in pixels.

    `outside`: why a recording on the virtual clock is not exact, each a text for the user, such as
    "web socket ws://127.0.0.1:8888/api/kernels, in step with real time for 4.2 s of 38 s".
    """

    tutorial: str
    lang: str | None
    clock: str
    width: int
    height: int
    browser: str
    complete: bool
    steps: tuple[StepTake, ...]
    frames: tuple[Frame, ...]
    outside: tuple[Message, ...] = ()

    @property
    def truth(self) -> Truth:
        """The part of the take that a result keeps."""
        return Truth(clock=self.clock, outside=self.outside)

    @property
    def exact(self) -> bool:
        """True if another recording of the same page would be byte-equal."""
        return not self.reasons

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the take is not exact; empty when it is."""
        return self.truth.reasons

    @property
    def result_fields(self) -> dict[str, Any]:
        """The fields of an `Attempt` or a `JobResult` that describe the take of its video."""
        return self.truth.result_fields
