"""The frame states of a video: a pure function of its manifest, one state per grid position."""

from __future__ import annotations

from collections.abc import Sequence

from forge.model.settings import Style
from forge.model.timeline import Manifest
from forge.workers.composing.storyboard.camera import Camera
from forge.workers.composing.storyboard.frame_state import (
    Cursor,
    FrameState,
    Ring,
    Ripple,
    Screen,
    View,
    grid_index,
)
from forge.workers.composing.storyboard.key_badges import KeyBadges
from forge.workers.composing.storyboard.overlay_times import Overlays
from forge.workers.composing.storyboard.panels import Panels
from forge.workers.composing.storyboard.pointer import Pointer
from forge.workers.composing.text.cues import Cue


class Storyboard:
    """The frame state at each grid position, put together from pointer, overlays and camera.

    `burned`: the captions to draw into the picture.
    """

    def __init__(
        self, manifest: Manifest, screen: Screen, style: Style, burned: Sequence[Cue] = ()
    ) -> None:
        self.manifest, self.screen, self._style = manifest, screen, style
        self.length = grid_index(manifest.total_ms, screen.fps)
        self._frames = self._shown()
        self._keys = KeyBadges(manifest) if style.keys else None
        self._panels = Panels(manifest, screen) if style.native else None
        hands = [hand for step in manifest.steps for hand in step.interactions if hand.point]
        self._pointer = Pointer(self._panels.hands if self._panels else hands, screen)
        self._overlays = Overlays(manifest, screen, burned)
        self._camera = self._make_camera() if style.zoom else None

    def state(self, at: int) -> FrameState:
        """Return what shows at grid position `at`."""
        card, fade = self._overlays.card(at)
        if card is not None and not fade:
            return FrameState(self._frames[at], card)
        at_ms = at * 1000 / self.screen.fps
        state = FrameState(
            frame=self._frames[at],
            card=card,
            fade=fade,
            panel=self._panels.panel(at_ms) if self._panels else None,
            ring=self._pointer.ring(at) if self._style.ring else None,
            ripples=self._pointer.ripples(at) if self._style.ripple else (),
            cursor=self._pointer.cursor(at) if self._style.cursor else None,
            caption=self._overlays.caption(at),
            badges=self._keys.badges(at_ms) if self._keys else (),
        )
        view = self._camera.view(at_ms) if self._camera else None
        return state if view is None else Lens(view, self.screen).through(state)

    def states(self) -> list[FrameState]:
        """Return the state at every grid position, in order."""
        return [self.state(at) for at in range(self.length)]

    def _make_camera(self) -> Camera:
        return Camera(self.manifest, self.screen, self._style.zoom_factor, self._panels)

    def cuts(self) -> frozenset[int]:
        """Return the grid positions at which a step or a card begins."""
        steps = (step.start_ms for step in self.manifest.steps)
        cards = (card.start_ms for card in self.manifest.cards)
        return frozenset(grid_index(at_ms, self.screen.fps) for at_ms in (*steps, *cards))

    def _shown(self) -> list[int]:
        """Return the number of the take's frame that shows at each grid position.

        Of two frames that begin at the same position, the later one shows.
        """
        fps = self.screen.fps
        begins = {grid_index(p.at_ms, fps): p.frame for p in self.manifest.pictures}
        frames, frame = [], self.manifest.pictures[0].frame
        for at in range(self.length):
            frame = begins.get(at, frame)
            frames.append(frame)
        return frames


class Lens:
    """Maps positions on the page to positions in the frame, as seen through `view`."""

    def __init__(self, view: View, screen: Screen) -> None:
        self._view = view
        self._across = screen.width / view.width
        self._down = screen.height / view.height

    def through(self, state: FrameState) -> FrameState:
        """Return `state`, whose positions are those of the page, as seen through the view."""
        return state._replace(
            view=self._view,
            ring=state.ring and self.ring(state.ring),
            ripples=tuple(self.ripple(ripple) for ripple in state.ripples),
            cursor=state.cursor and self.cursor(state.cursor),
        )

    def cursor(self, cursor: Cursor) -> Cursor:
        x, y = self._point(cursor.x, cursor.y)
        return cursor._replace(x=x, y=y)

    def ring(self, ring: Ring) -> Ring:
        x, y = self._point(ring.x, ring.y)
        width, height = ring.width * self._across, ring.height * self._down
        return ring._replace(x=x, y=y, width=width, height=height)

    def ripple(self, ripple: Ripple) -> Ripple:
        x, y = self._point(ripple.x, ripple.y)
        return ripple._replace(x=x, y=y)

    def _point(self, x: float, y: float) -> tuple[float, float]:
        return ((x - self._view.x) * self._across, (y - self._view.y) * self._down)
