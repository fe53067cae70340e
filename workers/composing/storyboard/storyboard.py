"""The looks of a video: a pure function of its manifest, one for each position of the grid."""

from __future__ import annotations

from forge.model.settings import Style
from forge.model.timeline import Manifest
from forge.workers.composing.storyboard.camera import Camera
from forge.workers.composing.storyboard.cursor_path import Pointer
from forge.workers.composing.storyboard.frame_state import (
    Cursor,
    Look,
    Ring,
    Ripple,
    Screen,
    View,
    grid_index,
)
from forge.workers.composing.storyboard.overlay_times import Titles
from forge.workers.composing.text.cues import cues


class Storyboard:
    """What shows when. Whatever has a field in `Look` is looked up here, by its own track."""

    def __init__(self, manifest: Manifest, screen: Screen, style: Style) -> None:
        self.manifest, self.screen, self._style = manifest, screen, style
        self.length = grid_index(manifest.total_ms, screen.fps)
        self._frames = self._shown()
        self._pointer = Pointer(manifest, screen)
        self._titles = Titles(manifest, screen, cues(manifest) if style.captions == "burn" else [])
        self._camera = Camera(manifest, screen, style.zoom_factor) if style.zoom else None

    def look(self, at: int) -> Look:
        """What shows at position `at` of the grid."""
        card, fade = self._titles.card(at)
        if card is not None and not fade:
            return Look(self._frames[at], card)
        view = self._camera.view(at * 1000 / self.screen.fps) if self._camera else None
        through = Lens(view, self.screen)
        cursor = self._pointer.cursor(at) if self._style.cursor else None
        ring = self._pointer.ring(at) if self._style.ring else None
        ripples = self._pointer.ripples(at) if self._style.ripple else ()
        return Look(
            frame=self._frames[at],
            card=card,
            fade=fade,
            view=view,
            ring=ring and through.ring(ring),
            ripples=tuple(through.ripple(ripple) for ripple in ripples),
            cursor=cursor and through.cursor(cursor),
            caption=self._titles.caption(at),
        )

    def looks(self) -> list[Look]:
        """Every position's look, in order."""
        return [self.look(at) for at in range(self.length)]

    def _shown(self) -> list[int]:
        """The take's frame for each position; of two that begin at one position, the later."""
        fps = self.screen.fps
        begins = {grid_index(p.at_ms, fps): p.frame for p in self.manifest.pictures}
        frames, frame = [], self.manifest.pictures[0].frame
        for at in range(self.length):
            frame = begins.get(at, frame)
            frames.append(frame)
        return frames


class Lens:
    """Where things of the page are in the frame, seen through `view`."""

    def __init__(self, view: View | None, screen: Screen) -> None:
        self._view = view or View(0, 0, screen.width, screen.height)
        self._across = screen.width / self._view.width
        self._down = screen.height / self._view.height

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
