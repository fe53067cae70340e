"""A take: what one recording saw and did. It knows nothing of narration.

Times are milliseconds since the recording began, as the browser lived them. The pictures lie
one after another as JPEG in `frames.bin`; a `Frame` says where. One file, however many frames:
a thousand small files cost more than the pictures in them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from forge.records import Record

FRAMES_FILE = "frames.bin"
TAKE_FILE = "take.json"
SCREENSHOT_FILE = "failure.png"  # these two only after a failure
CONSOLE_FILE = "console.log"


class Frame(Record):
    """One picture: it shows from `at_ms` until the next one; `offset` and `size` in bytes."""

    at_ms: int
    offset: int
    size: int


class Interaction(Record):
    """One thing the hand did. `box`: x, y, width, height of its target, CSS pixels of its frame."""

    kind: Literal["click", "type", "clear"]
    at_ms: int
    box: tuple[float, float, float, float] | None = None


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
    """A whole recording. `width` and `height` are the pictures' pixels."""

    tutorial: str
    lang: str | None
    clock: str
    width: int
    height: int
    browser: str
    complete: bool
    steps: tuple[StepTake, ...]
    frames: tuple[Frame, ...]


def read_take(work_dir: Path) -> Take:
    """The take in `work_dir`; OSError when there is none, ValueError when it is damaged."""
    return Take.model_validate_json((work_dir / TAKE_FILE).read_text(encoding="utf-8"))


def write_take(take: Take, work_dir: Path) -> None:
    """Save `take` as `take.json` beside its `frames.bin`."""
    (work_dir / TAKE_FILE).write_text(take.model_dump_json(indent=1), encoding="utf-8")
