"""When burned captions and cards show: pure functions of the manifest."""

from __future__ import annotations

from collections.abc import Sequence

from forge.model.timeline import Manifest
from forge.workers.composing.storyboard.frame_state import FADE_STEPS, Screen, grid_index
from forge.workers.composing.text.cues import Cue

FADE_S = 0.3  # a card's edge where the page is


class Titles:
    """The captions and cards of one video. `cues` are those that are burned into the picture."""

    def __init__(self, manifest: Manifest, screen: Screen, cues: Sequence[Cue]) -> None:
        self._fps = screen.fps
        self._captions = {
            at: number
            for number, cue in enumerate(cues)
            for at in self._positions(cue.start_ms, cue.end_ms)
        }
        self._cards: dict[int, tuple[int, int]] = {}
        for number, card in enumerate(manifest.cards):
            positions = self._positions(card.start_ms, card.end_ms)
            # An intro goes as its end comes near, a recap comes from its beginning on.
            away = positions if card.kind == "recap" else reversed(positions)
            for count, at in enumerate(away, start=1):
                self._cards[at] = (number, self._fade(count))

    def caption(self, at: int) -> int | None:
        """The number of the cue that shows at position `at` of the grid."""
        return self._captions.get(at)

    def card(self, at: int) -> tuple[int | None, int]:
        """The number of the card that shows at position `at`, and how much of it has gone."""
        return self._cards.get(at, (None, 0))

    def _positions(self, start_ms: int, end_ms: int) -> range:
        return range(grid_index(start_ms, self._fps), grid_index(end_ms, self._fps))

    def _fade(self, count: int) -> int:
        """How much is gone of a card, `count` frames from its edge."""
        return min(
            FADE_STEPS - 1, max(0, FADE_STEPS - int(count / self._fps / FADE_S * FADE_STEPS))
        )
