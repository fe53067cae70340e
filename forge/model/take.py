"""A take: what one recording saw and did. It knows nothing of narration.

Times are milliseconds since the recording began, as the browser lived them, and with the hand's
pauses that it did not have to live through (`forge.workers.recording.hand`). The pictures lie one
after another as JPEG in `frames.bin`; a `Frame` says where. One file, however many frames:
a thousand small files cost more than the pictures in them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from forge.model.records import Message, Record


class Frame(Record):
    """One picture: it shows from `at_ms` until the next one; `offset` and `size` in bytes."""

    at_ms: int
    offset: int
    size: int


Box = tuple[float, float, float, float]
Point = tuple[float, float]
Kind = Literal[
    "click", "double", "context", "press", "drag", "release", "type", "clear", "move", "scroll"
]
Shape = Literal["arrow", "hand", "text"]


class Interaction(Record):
    """One thing the hand did.

    It set out at `from_ms`, was there at `there_ms`, acted at `at_ms` and was done at `until_ms`;
    the first two are missing where the hand was there already. `box`: x, y, width, height of its
    target; `point`: where the pointer was then; both in CSS pixels of the whole page's viewport,
    also for what lies in a frame. `shape`: how the cursor looks over it.
    """

    kind: Kind
    at_ms: int
    box: Box | None = None
    point: Point | None = None
    from_ms: int | None = None
    there_ms: int | None = None
    until_ms: int | None = None
    shape: Shape = "arrow"

    def timed(self, when: Callable[[int], int]) -> Interaction:
        """The same, each of its times as `when` turns it into another."""
        times = ("at_ms", "from_ms", "there_ms", "until_ms")
        turned = {name: when(ms) for name in times if (ms := getattr(self, name)) is not None}
        return self.model_copy(update=turned)


class StepTake(Record):
    """One step as it was lived: [start, action_start, action_end, end].

    `moving` says that the page never came to rest, so the hold was lived through.
    """

    id: str
    start_ms: int
    action_start_ms: int
    action_end_ms: int
    end_ms: int
    settle_ms: int
    moving: bool = False
    interactions: tuple[Interaction, ...] = ()


class Take(Record):
    """A whole recording. `width` and `height` are the pictures' pixels.

    `outside`: why one on the virtual clock is not exact, each a text for the user, such as "web
    socket ws://127.0.0.1:8888/api/kernels, in step with real time for 4.2 s of 38 s".
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
    def exact(self) -> bool:
        """Whether another recording of the same page would be the same to the byte."""
        return not self.reasons

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not exact but only true; empty when it is."""
        lived = () if self.clock == "virtual" else (f"recorded on the {self.clock} clock",)
        return (*lived, *self.outside)

    @property
    def told(self) -> dict[str, Any]:
        """What a `JobResult` says of the take that its video is made of."""
        return {"clock": self.clock, "exact": self.exact, "outside": self.reasons}
