"""The hand: what it does before and after a WebDriver command, so that people can follow.

Before a click the target is scrolled into sight, the pointer goes there (the real one too, so
that hover styles show), and stays for as long as a ring needs around it. What is typed is typed
key by key. A press takes as long as a person's, in a setup too. Whatever the hand does is noted;
the cursor itself is drawn when composing.

It works for any recorder: what it needs of one, its clock above all, is its `Body`. If anything
of the hand's own fails, the command is run as it came.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from selenium.common.exceptions import UnexpectedAlertPresentException
from selenium.webdriver.remote.command import Command

from forge.model.easing import HOVER_PART, REST, glide_ms
from forge.model.settings import Hand as Pace
from forge.model.take import Interaction, Kind, Point
from forge.workers.recording.hand import geometry
from forge.workers.recording.hand.chains import shares
from forge.workers.recording.hand.geometry import Covered, Target, locate, press_point
from forge.workers.recording.hand.keyboard import UNSHIFTED, presses
from forge.workers.recording.hand.mouse import Mouse, Once
from forge.workers.recording.hand.timing import (
    BEAT_MS,
    LONGEST_SCROLL_MS,
    RING_MS,
    movement,
    scroll_ms,
    strokes,
)

Execute = Callable[[str, dict[str, Any]], Any]
Params = dict[str, Any]

COVERED_MS = 1000  # a view transition or a curtain that fades is over by then
HELD = frozenset("\ue000\ue008\ue009\ue00a\ue03d\ue050\ue051\ue052\ue053")  # Shift, Control, …
ACTIVE_SCRIPT = """let at = document.activeElement;
while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
return at === document.body ? null : at;"""
#: After these the driver stands in the page itself, in no frame.
TO_TOP = (Command.GET, Command.REFRESH, Command.SWITCH_TO_WINDOW, Command.NEW_WINDOW)


class Body(Protocol):
    """What a hand needs of its recorder: a clock, and the browser. Times are the take's, in ms."""

    def now_ms(self) -> int:
        """What time it is in the take."""
        ...

    def live(self, ms: float) -> None:
        """Let the page live for `ms`."""
        ...

    def pause(self, ms: float) -> None:
        """Let `ms` pass that a page at rest need not live through: a still picture."""
        ...

    def beat(
        self, ms: float, *, shows: bool = False, lives: bool = False
    ) -> AbstractContextManager[None]:
        """Whatever is done inside lasts exactly `ms` of the take, pauses included.

        `shows`: what it does is to be seen within that time. `lives`: the page lives all of it.
        """
        ...

    def ask(self, command: str, params: Params, *, acts: bool = False) -> Any:
        """The value of a command of forge's own. `acts`: the page may look different after it."""
        ...

    def mouse(self, *events: Params) -> None:
        """Let the real mouse do something: parameters of `Input.dispatchMouseEvent`.

        Done when the page has been told of the last of them and the page that came of it, if any,
        is there; or when a dialog holds it up.
        """
        ...


class Hand:
    """One render's hand. It rests until `begin`: what a setup does is in no video."""

    def __init__(self, body: Body, pace: Pace, width: int, height: int) -> None:
        self.body, self._pace, self._sides = body, pace, (width, height)
        self.at: Point = (width * REST[0], height * REST[1])
        self.frames: list[Any] = []
        self.awake = False
        self._done: list[Interaction] = []
        self._mouse = Mouse(self)

    def begin(self) -> None:
        """The setup is over."""
        self.awake = True
        self.at = (self._sides[0] * REST[0], self._sides[1] * REST[1])
        self._done.clear()

    def done(self) -> tuple[Interaction, ...]:
        """What was done since the last time this was asked."""
        done, self._done = tuple(self._done), []
        return done

    def perform(self, command: str, params: Params, execute: Execute) -> Any:
        """Run a command of the tutorial's, by `execute`, as a hand would."""
        does = HANDLERS.get(command) if self.awake or command in AT_THE_MOUSE else None
        result = does(self, params, execute) if does else execute(command, params)
        self._follow_frames(command, params)
        return result

    def rest_on(self, element: str) -> None:
        """Let the cursor rest on `element`.

        Raises:
            WebDriverException: it is not there.
        """
        found, from_ms, there_ms = self.go_to(element)
        if there_ms is not None:
            self.note("move", found, from_ms, there_ms)

    # What handlers are made of.

    def find(self, element: str, *, types: bool = False) -> Target:
        """Where `element` is. `types`: as what is typed into.

        Where an editor takes what is typed by a field that is not to be seen, and has the attention
        already, that is where the hand is.
        """
        found = locate(self.body.ask, element, self.frames, types=types)
        if found.attended:
            return found._replace(point=self.at, hidden=False)
        return found._replace(hidden=found.hidden or not self.in_sight(found))

    def in_sight(self, found: Target) -> bool:
        """Whether a target lies in the page's viewport, whatever its own frame shows of it."""
        width, height = self._sides
        return -1 <= found.point[0] <= width + 1 and -1 <= found.point[1] <= height + 1

    def bring(self, element: str, *, types: bool = False) -> Target:
        """Scroll `element` to the middle where it is out of sight, and say where it is then."""
        with self.body.beat(0):
            found = self.find(element, types=types)
        if not (found.hidden and self._pace.scroll):
            return found
        began_ms = self.body.now_ms()
        distance = self.run(geometry.SCROLL_PLAN, geometry.reference(element))
        if distance < 0:  # it scrolls by itself, smoothly
            self.body.live(LONGEST_SCROLL_MS)
        else:
            ways = movement(scroll_ms(distance))
            for part, pixels in zip(ways, shares(round(distance), ways), strict=True):
                with self.body.beat(BEAT_MS, shows=pixels > 0):
                    self.run(geometry.SCROLL_STEP, part)
        if distance:
            self.note("scroll", None, at_ms=began_ms)
        with self.body.beat(0):
            return self.find(element, types=types)

    def run(self, source: str, *args: Any) -> Any:
        """Run a script after which the page may look different."""
        params = {"script": source, "args": list(args)}
        return self.body.ask(Command.W3C_EXECUTE_SCRIPT, params, acts=True)

    def reach(
        self, found: Target, look: Callable[[], Target], move: Callable[[Point], object]
    ) -> tuple[Target, int | None]:
        """Go to what was `found`; returns it, and when the hand was there.

        It may move while the hand is on its way: it is looked for again, and there `move` takes
        the real pointer. None for a time: the hand was there already.
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
        """Scroll to `element` and go there: where it is, when the hand set out and was there."""
        found, from_ms = self.bring(element, types=types), self.body.now_ms()
        found, there_ms = self.reach(
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
        """Write down what is done now."""
        now_ms = self.body.now_ms()
        noted = Interaction(
            kind=kind,
            at_ms=now_ms if at_ms is None else at_ms,
            box=found.box if found else None,
            point=found.point if found else None,
            from_ms=from_ms if there_ms is not None else None,
            there_ms=there_ms,
            until_ms=now_ms if until_ms is None else until_ms,
            shape=found.shape if found else "arrow",
        )
        self._done.append(noted)

    @contextmanager
    def noted(self, kind: Kind, element: str) -> Iterator[Target | None]:
        """Go to `element`, ring it, and note what the block does there, if it succeeds."""
        found, from_ms, there_ms, types = None, None, None, kind == "type"
        with self.gently():
            found, from_ms, there_ms = self.go_to(element, types=types)
            if there_ms is not None:
                with self.body.beat(RING_MS):
                    self.body.pause(RING_MS)
                    found = self.find(element, types=types)
                self.at = found.point
        at_ms = self.body.now_ms()
        yield found
        self.note(kind, found, from_ms, there_ms, at_ms)

    @contextmanager
    def gently(self, command: Once | None = None) -> Iterator[None]:
        """What goes wrong inside is of no matter, unless `command` itself was run there."""
        try:
            yield
        except UnexpectedAlertPresentException:
            raise  # the driver says so once, and the dialog is gone
        except Exception:
            if command and command.done:
                raise
            # Else the command comes yet, and says itself what is wrong, if anything is.

    @contextmanager
    def stroke(self) -> Iterator[None]:
        """One key is pressed inside, at the pace of typing."""
        if self._pace.typing:
            with self.body.beat(1000 / self._pace.typing, shows=True):
                yield
        else:
            yield

    def _move_pointer(self, point: Point) -> None:
        self.body.mouse({"type": "mouseMoved", "x": point[0], "y": point[1]})

    def _follow_frames(self, command: str, params: Params) -> None:
        """Remember which frame the driver stands in."""
        if command in TO_TOP or (command == Command.SWITCH_TO_FRAME and params.get("id") is None):
            self.frames.clear()
        elif command == Command.SWITCH_TO_FRAME:
            self.frames.append(params["id"])
        elif command == Command.SWITCH_TO_PARENT_FRAME and self.frames:
            self.frames.pop()

    # Handlers.

    def _click(self, params: Params, execute: Execute) -> Any:
        if not self.awake:
            return self._press(params, execute)
        with self.noted("click", params["id"]):
            return self._press(params, execute)

    def _press(self, params: Params, execute: Execute) -> Any:
        """Click an element: for as long as a person does, unless only WebDriver knows how."""
        buttons, at = self._mouse.buttons, None
        if buttons.are_free:
            with self.gently(), self.body.beat(0):
                at = self._press_point(params["id"])
        if at is None:
            return execute(Command.CLICK_ELEMENT, params)
        buttons.click(at, counts=False)
        return {"value": None}

    def _press_point(self, element: str) -> Point | None:
        """Where the mouse presses on an element; what lies over it is given time to go away.

        WebDriver waits for that itself, but the page's time may stand still meanwhile.
        """
        until_ms = self.body.now_ms() + COVERED_MS
        while True:
            try:
                return press_point(self.body.ask, element)
            except Covered:
                if self.body.now_ms() >= until_ms:
                    return None
                self.body.live(BEAT_MS)

    def _chain(self, params: Params, execute: Execute) -> Any:
        return self._mouse.perform(params, execute)

    def _let_go(self, params: Params, execute: Execute) -> Any:
        self._mouse.let_go()
        return execute(Command.W3C_CLEAR_ACTIONS, params)

    def _clear(self, params: Params, execute: Execute) -> Any:
        with self.noted("clear", params["id"]):
            return execute(Command.CLEAR_ELEMENT, params)

    def _type(self, params: Params, execute: Execute) -> Any:
        with self.noted("type", params["id"]) as found:
            text = str(params.get("text", ""))
            splits = found is not None and found.editable and not HELD & set(text)
            if text and splits and self._pace.typing:
                return self._type_keys(params["id"], text, execute)
            return execute(Command.SEND_KEYS_TO_ELEMENT, params)

    def _type_keys(self, element: str, text: str, execute: Execute) -> Any:
        """Type `text` a few keys at a time.

        After the first, keys go where the page's attention is, as they would if they were sent
        together: a field for a code moves on to the next one with every digit.
        """
        result: Any = None
        for typed, keys in enumerate(strokes(text, self._pace.typing)):
            with self.stroke():
                if typed and UNSHIFTED.issuperset(keys):
                    execute(Command.W3C_ACTIONS, {"actions": [presses(keys)]})
                    continue
                element = (typed and self._active()) or element
                result = execute(
                    Command.SEND_KEYS_TO_ELEMENT, {"id": element, "text": keys, "value": list(keys)}
                )
        return result

    def _active(self) -> str | None:
        try:
            active = geometry.script(self.body.ask, ACTIVE_SCRIPT)
            return active and str(active.id)
        except Exception:
            return None  # an alert, or another document: the keys go where they were sent


#: What takes its time in a setup too: apps count clicks, and the driver forgets what is dragged.
AT_THE_MOUSE = (Command.CLICK_ELEMENT, Command.W3C_ACTIONS, Command.W3C_CLEAR_ACTIONS)
HANDLERS: dict[str, Callable[[Hand, Params, Execute], Any]] = {
    Command.CLICK_ELEMENT: Hand._click,
    Command.CLEAR_ELEMENT: Hand._clear,
    Command.W3C_ACTIONS: Hand._chain,
    Command.W3C_CLEAR_ACTIONS: Hand._let_go,
    Command.SEND_KEYS_TO_ELEMENT: Hand._type,
}
