"""When burned captions and cards show: pure functions of the manifest."""

from __future__ import annotations

from collections.abc import Sequence

from forge.model.card_timing import Card
from forge.model.timeline import Manifest
from forge.workers.composing.storyboard.frame_state import FADE_STEPS, Screen, grid_index
from forge.workers.composing.text.cues import Cue

FADE_S = 0.3  # cross-fade between a card and the page


class Overlays:
    """The captions and cards of one video. `cues` are those to burn into the picture."""

    def __init__(self, manifest: Manifest, screen: Screen, cues: Sequence[Cue]) -> None:
        self._fps = screen.fps
        self._captions = {
            at: cue for cue in cues for at in self._positions(cue.start_ms, cue.end_ms)
        }
        self._cards: dict[int, tuple[Card, int]] = {}
        for card in manifest.cards:
            positions = self._positions(card.start_ms, card.end_ms)
            # An intro fades out at its end, a recap fades in at its beginning.
            from_edge = positions if card.kind == "recap" else reversed(positions)
            for count, at in enumerate(from_edge, start=1):
                self._cards[at] = (card, self._fade(count))

    def caption(self, at: int) -> Cue | None:
        """Return the cue that shows at grid position `at`."""
        return self._captions.get(at)

    def card(self, at: int) -> tuple[Card | None, int]:
        """Return the card that shows at grid position `at`, and its `FrameState.fade`."""
        return self._cards.get(at, (None, 0))

    def _positions(self, start_ms: int, end_ms: int) -> range:
        return range(grid_index(start_ms, self._fps), grid_index(end_ms, self._fps))

    def _fade(self, count: int) -> int:
        """Return the fade of a card `count` frames away from its fading edge."""
        return min(
            FADE_STEPS - 1, max(0, FADE_STEPS - int(count / self._fps / FADE_S * FADE_STEPS))
        )
