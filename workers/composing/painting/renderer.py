"""The finished picture at any moment of a video."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from forge.workers.composing.painting.compositor import Painter
from forge.workers.composing.storyboard.frame_state import FrameState
from forge.workers.composing.storyboard.storyboard import Storyboard


class Digests(Protocol):
    """Digests of what frame states show (`painting.content`)."""

    def digest(self, state: FrameState) -> bytes: ...


class Kept(Protocol):
    """Contents that are kept by a key; `forge.store.content_cache` keeps them in files."""

    def get(self, key: bytes) -> bytes | None: ...
    def put(self, key: bytes, content: bytes) -> None: ...


class Scene(NamedTuple):
    """A storyboard, the painter and digests of its frame states, and the language of its text."""

    board: Storyboard
    painter: Painter
    contents: Digests
    language: str = "en"

    def state(self, ms: float) -> FrameState:
        """Return what shows at `ms` of the video."""
        at = int(ms * self.board.screen.fps / 1000 + 1e-6)
        return self.board.state(min(max(0, at), self.board.length - 1))

    def rgb(self, ms: float) -> NDArray[np.uint8]:
        """Paint what shows at `ms`: an array of shape (height, width, 3)."""
        return self.painter.rgb(self.state(ms))
