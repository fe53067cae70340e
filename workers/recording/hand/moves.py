"""The hand's moves before an interaction, and the record of interactions."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from selenium.common.exceptions import UnexpectedAlertPresentException
from selenium.webdriver.remote.command import Command

from forge.model.easing import HOVER_PART, REST, glide_ms
from forge.model.settings import Hand as Pace
from forge.model.take import Interaction, Kind, Point
from forge.model.widgets import KeyPress, Widget
from forge.workers.recording.frame_path import FramePath
from forge.workers.recording.hand import geometry
from forge.workers.recording.hand.body import Body
from forge.workers.recording.hand.chains import shares
from forge.workers.recording.hand.geometry import Target, locate
from forge.workers.recording.hand.timing import (
    BEAT_MS,
    LONGEST_SCROLL_MS,
    RING_MS,
    movement,
    scroll_ms,
)

LEFT_PX = 20.0  # how far from its last target the hand counts as being after `Moves.leave`


class Once:
    """Calls `do` on the first call, and does nothing on later ones."""

    def __init__(self, do: Callable[[], object]) -> None:
        self._do, self.done = do, False

    def __call__(self) -> None:
        if not self.done:
            self.mark()
            self._do()

    def mark(self) -> None:
        """Count `do` as called."""
        self.done = True


@dataclass(slots=True)
class Doing:
    """An interaction under way, at the target `found`; None if the hand could not find it."""

    kind: Kind
    found: Target | None = None
    widget: Widget | None = None
    keys: list[KeyPress] = field(default_factory=list)


class Moves:
    """Scrolls, glides and waits so that people can follow, and notes each interaction.

    `at`: where the cursor is, in CSS pixels of the page's viewport. `awake`: the recording has
    begun; what a setup does is in no video.
    """

    def __init__(self, body: Body, pace: Pace, width: int, height: int, path: FramePath) -> None:
        self.body, self.pace, self._sides, self._path = body, pace, (width, height), path
        self.awake = False
        self._done: list[Interaction] = []
        self.at: Point = self._resting_place()

    def begin(self) -> None:
        """Start noting: the setup is over."""
        self.awake = True
        self.at = self._resting_place()
        self._done.clear()

    def _resting_place(self) -> Point:
        return (self._sides[0] * REST[0], self._sides[1] * REST[1])

    def leave(self) -> None:
        """Leave the page for something that the browser draws: the next target is not `at`."""
        x, y = self.at
        self.at = (x, y + LEFT_PX)

    def done(self) -> tuple[Interaction, ...]:
        """Return the interactions since the last call."""
        done, self._done = tuple(self._done), []
        return done

    @property
    def frames(self) -> list[Any]:
        """The way to the frame that WebDriver stands in."""
        return self._path.frames

    def find(self, element: str, *, types: bool = False) -> Target:
        """Locate `element`. `types`: as an element that is typed into.

        Some editors take keys by a hidden field. If one has the focus already, the hand stays where
        it is.
        """
        found = locate(self.body.ask, element, self.frames, types=types)
        if found.focused:
            return found._replace(point=self.at, hidden=False)
        return found._replace(hidden=found.hidden or not self.in_viewport(found))

    def in_viewport(self, found: Target) -> bool:
        """Return True if a target lies in the page's viewport, even if its own frame hides it."""
        width, height = self._sides
        return -1 <= found.point[0] <= width + 1 and -1 <= found.point[1] <= height + 1

    def scroll_into_view(self, element: str, *, types: bool = False) -> Target:
        """Scroll `element` to the middle if it is out of sight; return where it is then."""
        with self.body.beat(0):
            found = self.find(element, types=types)
        if not (found.hidden and self.pace.scroll):
            return found
        began_ms = self.body.now_ms()
        distance = self.run(geometry.SCROLL_PLAN, geometry.reference(element))
        if distance < 0:  # in a frame of another origin: the browser scrolls smoothly
            self.body.run_for(LONGEST_SCROLL_MS)
        else:
            ways = movement(scroll_ms(distance))
            for part, pixels in zip(ways, shares(round(distance), ways), strict=True):
                with self.body.beat(BEAT_MS, shows=pixels > 0):
                    self.run(geometry.SCROLL_STEP, part)
        if distance:
            self.note("reveal", None, at_ms=began_ms)
        with self.body.beat(0):
            return self.find(element, types=types)

    def run(self, source: str, *args: Any) -> Any:
        """Run a script that may change how the page looks; return its value."""
        params = {"script": source, "args": list(args)}
        return self.body.ask(Command.W3C_EXECUTE_SCRIPT, params, acts=True)

    def glide_to(
        self, found: Target, look: Callable[[], Target], move: Callable[[Point], object]
    ) -> tuple[Target, int | None]:
        """Go to the target `found`; return its new place and the time of arrival.

        The target may move meanwhile: on the way, `look` locates it again, and `move` moves the
        real pointer there. The time is None if the hand was there already.
        """
        if math.dist(found.point, self.at) < 1:
            return found, None
        way_ms = glide_ms(math.dist(found.point, self.at))
        hover_ms = round(way_ms * HOVER_PART)
        with self.body.beat(way_ms):
            self.body.pause(hover_ms)
            found = look()
            move(found.point)
            self.body.pause(way_ms - hover_ms)
        self.at = found.point
        return found, self.body.now_ms()

    def go_to(self, element: str, *, types: bool = False) -> tuple[Target, int, int | None]:
        """Scroll to `element` and go there.

        Return where it is, and when the hand set out and arrived (as `glide_to`).
        """
        found, from_ms = self.scroll_into_view(element, types=types), self.body.now_ms()
        found, there_ms = self.glide_to(
            found, lambda: self.find(element, types=types), self._move_pointer
        )
        return found, from_ms, there_ms

    def note(
        self,
        kind: Kind,
        found: Target | None,
        from_ms: int | None = None,
        there_ms: int | None = None,
        at_ms: int | None = None,
        until_ms: int | None = None,
    ) -> None:
        """Note an interaction; its times are now unless given."""
        self.keep(self._made(kind, found, from_ms, there_ms, at_ms, until_ms))

    def keep(self, interaction: Interaction) -> None:
        """Add an interaction to those that are done."""
        self._done.append(interaction)

    def _made(
        self,
        kind: Kind,
        found: Target | None,
        from_ms: int | None,
        there_ms: int | None,
        at_ms: int | None,
        until_ms: int | None = None,
    ) -> Interaction:
        now_ms = self.body.now_ms()
        return Interaction(
            kind=kind,
            at_ms=now_ms if at_ms is None else at_ms,
            box=found.box if found else None,
            point=found.point if found else None,
            from_ms=from_ms if there_ms is not None else None,
            there_ms=there_ms,
            until_ms=now_ms if until_ms is None else until_ms,
            shape=found.shape if found else "arrow",
        )

    @contextmanager
    def interaction(self, kind: Kind, element: str) -> Iterator[Doing]:
        """Go to `element`, rest for its ring, and note what the block does there if it succeeds."""
        doing, from_ms, there_ms, types = Doing(kind), None, None, kind == "type"
        with self.best_effort():
            doing.found, from_ms, there_ms = self.go_to(element, types=types)
            if there_ms is not None:
                with self.body.beat(RING_MS):
                    self.body.pause(RING_MS)
                    doing.found = self.find(element, types=types)
                self.at = doing.found.point
        at_ms = self.body.now_ms()
        yield doing
        made = self._made(doing.kind, doing.found, from_ms, there_ms, at_ms)
        self.keep(made.model_copy(update={"widget": doing.widget, "keys": tuple(doing.keys)}))

    @contextmanager
    def best_effort(self, command: Once | None = None) -> Iterator[None]:
        """Ignore an exception inside, unless `command` was called by then."""
        try:
            yield
        except UnexpectedAlertPresentException:
            raise  # WebDriver has closed the dialog, and reports it only this once
        except Exception:
            if command and command.done:
                raise
            # Otherwise the command is still to come, and will raise an error if it cannot succeed.

    @contextmanager
    def keystroke(self) -> Iterator[None]:
        """Press a key inside the block, at the pace of typing."""
        if self.pace.typing:
            with self.body.beat(1000 / self.pace.typing, shows=True):
                yield
        else:
            yield

    def _move_pointer(self, point: Point) -> None:
        self.body.mouse({"type": "mouseMoved", "x": point[0], "y": point[1]})
