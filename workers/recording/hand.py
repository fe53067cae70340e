"""The hand: what it does before and after a WebDriver command, so that people can follow.

Before a click the target is scrolled into sight, the pointer goes there (the real one too, so
that hover styles show), and stays for as long as a ring needs around it. What is typed is typed
key by key. Whatever the hand does is noted; the cursor itself is drawn when composing.

It works for any recorder: what it needs of one, its clock above all, is its `Body`. If anything
of the hand's own fails, the command is run as it came.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from selenium.webdriver.remote.command import Command

from forge.settings import Hand as Pace
from forge.take import HOVER_PART, REST, Interaction, Kind, Point
from forge.workers.recording import target
from forge.workers.recording.target import Target, locate

Execute = Callable[[str, dict[str, Any]], Any]
Params = dict[str, Any]

GLIDE_MS = 350
GLIDE_PX = 600  # what lies farther away takes longer
LONGEST_GLIDE_MS = 650
RING_MS = 450
TYPING_MOST_S = 4.0  # however long the text is
SCROLL_STEP_MS = 50
SCROLL_MOST_MS = 2000
HELD = frozenset("\ue000\ue008\ue009\ue00a\ue03d\ue050\ue051\ue052\ue053")  # Shift, Control, …
JOINER = "\u200d"
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

    def ask(self, command: str, params: Params, *, acts: bool = False) -> Any:
        """The value of a command of forge's own. `acts`: the page may look different after it."""
        ...


class Hand:
    """One render's hand. It rests until `begin`: what a setup does is in no video."""

    def __init__(self, body: Body, pace: Pace, width: int, height: int) -> None:
        self.body, self._pace = body, pace
        self.at: Point = (width * REST[0], height * REST[1])
        self.frames: list[Any] = []
        self._awake = False
        self._done: list[Interaction] = []

    def begin(self) -> None:
        """The setup is over."""
        self._awake = True
        self._done.clear()

    def done(self) -> tuple[Interaction, ...]:
        """What was done since the last time this was asked."""
        done, self._done = tuple(self._done), []
        return done

    def perform(self, command: str, params: Params, execute: Execute) -> Any:
        """Run a command of the tutorial's, by `execute`, as a hand would."""
        does = HANDLERS.get(command) if self._awake else None
        result = does(self, params, execute) if does else execute(command, params)
        self._follow_frames(command, params)
        return result

    def rest_on(self, element: str) -> None:
        """Let the cursor rest on `element`.

        Raises:
            WebDriverException: it is not there.
        """
        from_ms = self.body.now_ms()
        found, there_ms = self.reach(lambda: self.find(element))
        if there_ms is not None:
            self.note("move", found, from_ms, there_ms)

    # What handlers are made of.

    def find(self, element: str) -> Target:
        """Where `element` is."""
        return locate(self.body.ask, element, self.frames)

    def bring(self, element: str) -> Target:
        """Scroll `element` to the middle where it is out of sight, and say where it is then."""
        found = self.find(element)
        if not (found.hidden and self._pace.scroll):
            return found
        began_ms, last = self.body.now_ms(), found
        self.body.ask(
            Command.W3C_EXECUTE_SCRIPT,
            {"script": target.SCROLL_SCRIPT, "args": [target.reference(element)]},
            acts=True,
        )
        while self.body.now_ms() - began_ms < SCROLL_MOST_MS:
            self.body.live(SCROLL_STEP_MS)
            found = self.find(element)
            if found.box == last.box:
                break
            last = found
        if self.body.now_ms() - began_ms > 2 * SCROLL_STEP_MS:
            self.note("scroll", None, at_ms=began_ms)
        return found

    def reach(self, look: Callable[[], Target], move: Callable[[int], object] | None = None) -> Any:
        """Go to the target that `look` finds; returns it, and when the hand was there.

        It may move while the hand is on its way: it is looked at again. `move(ms)` moves the
        real pointer, for at most that long. None for a time: the hand was there already.
        """
        found = look()
        if math.dist(found.point, self.at) < 1:
            return found, None
        way_ms = glide_ms(math.dist(found.point, self.at))
        hover_ms = round(way_ms * HOVER_PART)
        began_ms = self.body.now_ms()
        self.body.pause(hover_ms)
        found = look()
        (move or (lambda ms: self._move_pointer(found.point)))(way_ms - hover_ms)
        self.body.pause(began_ms + way_ms - self.body.now_ms())
        self.at = found.point
        return found, self.body.now_ms()

    def note(
        self,
        kind: Kind,
        found: Target | None,
        from_ms: int | None = None,
        there_ms: int | None = None,
        at_ms: int | None = None,
    ) -> Interaction:
        """Write down what is done now."""
        now_ms = self.body.now_ms()
        noted = Interaction(
            kind=kind,
            at_ms=now_ms if at_ms is None else at_ms,
            box=found.box if found else None,
            point=found.point if found else None,
            from_ms=from_ms if there_ms is not None else None,
            there_ms=there_ms,
            until_ms=now_ms,
            shape=found.shape if found else "arrow",
        )
        self._done.append(noted)
        return noted

    @contextmanager
    def noted(self, kind: Kind, element: str) -> Iterator[Target | None]:
        """Go to `element`, ring it, and note what the block does there, if it succeeds."""
        found, from_ms, there_ms = None, self.body.now_ms(), None
        try:
            self.bring(element)
            from_ms = self.body.now_ms()
            found, there_ms = self.reach(lambda: self.find(element))
            if there_ms is not None:
                self.body.pause(RING_MS)
                found = self.find(element)
                self.at = found.point
        except Exception:
            pass  # of no matter to the command, which will say itself what is wrong
        at_ms = self.body.now_ms()
        yield found
        self.note(kind, found, from_ms, there_ms, at_ms)

    def _move_pointer(self, point: Point) -> None:
        event = {"type": "mouseMoved", "x": point[0], "y": point[1]}
        self.body.ask(
            "executeCdpCommand", {"cmd": "Input.dispatchMouseEvent", "params": event}, acts=True
        )

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
        with self.noted("click", params["id"]):
            return execute(Command.CLICK_ELEMENT, params)

    def _clear(self, params: Params, execute: Execute) -> Any:
        with self.noted("clear", params["id"]):
            return execute(Command.CLEAR_ELEMENT, params)

    def _type(self, params: Params, execute: Execute) -> Any:
        with self.noted("type", params["id"]) as found:
            text = str(params.get("text", ""))
            if found is None or not found.editable or not self._pace.typing or HELD & set(text):
                return execute(Command.SEND_KEYS_TO_ELEMENT, params)
            return self._type_keys(params["id"], text, execute)

    def _type_keys(self, element: str, text: str, execute: Execute) -> Any:
        """Type `text` a few keys at a time.

        After the first, keys go where the page's attention is, as they would if they were sent
        together: a field for a code moves on to the next one with every digit.
        """
        result: Any = None
        began_ms = self.body.now_ms()
        for typed, keys in enumerate(strokes(text, self._pace.typing)):
            if typed:
                due_ms = began_ms + typed * 1000 / self._pace.typing
                self.body.live(min(1000, due_ms - self.body.now_ms()))
                element = self._active() or element
            result = execute(
                Command.SEND_KEYS_TO_ELEMENT, {"id": element, "text": keys, "value": list(keys)}
            )
        return result

    def _active(self) -> str | None:
        try:
            active = target.script(self.body.ask, ACTIVE_SCRIPT)
            return active and str(active.id)
        except Exception:
            return None  # an alert, or another document: the keys go where they were sent


HANDLERS: dict[str, Callable[[Hand, Params, Execute], Any]] = {
    Command.CLICK_ELEMENT: Hand._click,
    Command.CLEAR_ELEMENT: Hand._clear,
    Command.SEND_KEYS_TO_ELEMENT: Hand._type,
}


def glide_ms(distance: float) -> int:
    """How long the hand takes for a way of that many CSS pixels."""
    return min(LONGEST_GLIDE_MS, GLIDE_MS + round(max(0.0, distance - GLIDE_PX) * 0.3))


def strokes(text: str, rate: float) -> list[str]:
    """`text` in what one stroke types: a character, or a few where it would take too long."""
    characters: list[str] = []
    for sign in text:
        joined = characters and (characters[-1].endswith(JOINER) or sign == JOINER)
        if joined or (characters and (unicodedata.combining(sign) or "\ufe00" <= sign <= "\ufe0f")):
            characters[-1] += sign
        else:
            characters.append(sign)
    size = max(1, math.ceil(len(characters) / (TYPING_MOST_S * rate)))
    return ["".join(characters[i : i + size]) for i in range(0, len(characters), size)]
