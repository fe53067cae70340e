"""The hand: performs WebDriver commands so that viewers can follow them.

Before a click, the hand scrolls the target into view, moves the pointer there (the real one too, so
that hover styles show), and rests for as long as a ring is drawn around it. It types key by key,
and presses a button for as long as a person does, in a setup too. Each interaction is noted; the
cursor itself is drawn when composing.

It works with any recorder that is a `Body`. If the hand's own part fails, the command is executed
unchanged.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from selenium.webdriver.remote.command import Command

from forge.model.settings import Hand as Pace
from forge.model.take import Interaction, Point
from forge.model.widgets import KeyPress
from forge.workers.recording.frame_path import FramePath
from forge.workers.recording.hand import geometry
from forge.workers.recording.hand.body import Body, Execute, Params
from forge.workers.recording.hand.dialogs import Dialogs
from forge.workers.recording.hand.geometry import Covered, press_point
from forge.workers.recording.hand.keyboard import UNSHIFTED, presses
from forge.workers.recording.hand.mouse import Mouse
from forge.workers.recording.hand.moves import Doing, Moves
from forge.workers.recording.hand.shortcuts import labels_of
from forge.workers.recording.hand.text_entry import TYPE_INTO, TextEntry
from forge.workers.recording.hand.timing import BEAT_MS, strokes
from forge.workers.recording.hand.widgets import Widgets, chooses
from forge.workers.recording.javascript import load

COVERED_MS = 1000  # a view transition, or an overlay that fades, is over by then
HELD = frozenset("\ue000\ue008\ue009\ue00a\ue03d\ue050\ue051\ue052\ue053")  # Shift, Control, …
ACTIVE_SCRIPT = load(__name__, "active_element")


class Hand:
    """One recording's hand. Until `begin` it only presses buttons: a setup is in no video."""

    def __init__(
        self, body: Body, pace: Pace, width: int, height: int, path: FramePath | None = None
    ) -> None:
        self._path = path or FramePath()
        self._moves = Moves(body, pace, width, height, self._path)
        self._body, self._pace = body, pace
        self._mouse = Mouse(self._moves)
        self._widgets, self._dialogs = Widgets(self._moves), Dialogs(self._moves)

    def begin(self) -> None:
        """Begin the recording: the setup is over."""
        self._moves.begin()

    def done(self) -> tuple[Interaction, ...]:
        """Return the interactions since the last call."""
        return self._moves.done()

    def perform(self, command: str, params: Params, execute: Execute) -> Any:
        """Perform a command of the tutorial's, by `execute`; return what that returned."""
        does = HANDLERS.get(command) if self._moves.awake or command in IN_SETUP_TOO else None
        result = does(self, params, execute) if does else execute(command, params)
        self._path.follow(command, params)
        return result

    def rest_on(self, element: str) -> None:
        """Move the cursor to `element`, and leave it there.

        Raises:
            WebDriverException: it is not there.
        """
        found, from_ms, there_ms = self._moves.go_to(element)
        if there_ms is not None:
            self._moves.note("move", found, from_ms, there_ms)

    # Handlers.

    def _click(self, params: Params, execute: Execute) -> Any:
        if not self._moves.awake:
            return self._press(params, execute)
        element = params["id"]
        with self._moves.interaction("click", element) as doing:
            widget = doing.found.widget if doing.found else ""
            if widget == "option":
                return self._widgets.choose(doing, element, lambda: self._press(params, execute))
            self._widgets.close()
            result = self._press(params, execute)
            if widget == "list":
                self._widgets.opened(doing, element)
            return result

    def _press(self, params: Params, execute: Execute) -> Any:
        """Click an element; by WebDriver where the hand cannot tell where to press."""
        buttons, at = self._mouse.buttons, None
        if buttons.are_free:
            with self._moves.best_effort(), self._body.beat(0):
                at = self._press_point(params["id"])
        if at is None:
            return execute(Command.CLICK_ELEMENT, params)
        buttons.click(at, counts=False)
        return {"value": None}

    def _press_point(self, element: str) -> Point | None:
        """Return where to press on an element, None if only WebDriver can tell.

        Something that covers the element gets COVERED_MS to go away. WebDriver would wait for that
        as well, but page time might stand still meanwhile.
        """
        until_ms = self._body.now_ms() + COVERED_MS
        while True:
            try:
                return press_point(self._body.ask, element)
            except Covered:
                if self._body.now_ms() >= until_ms:
                    return None
                self._body.run_for(BEAT_MS)

    def _chain(self, params: Params, execute: Execute) -> Any:
        return self._mouse.perform(params, execute)

    def _open(self, params: Params, execute: Execute, *, command: str) -> Any:
        at_ms = self._body.now_ms()
        result = execute(command, params)
        self._moves.note("open", None, at_ms=at_ms)
        return result

    def _let_go(self, params: Params, execute: Execute) -> Any:
        self._mouse.let_go()
        return execute(Command.W3C_CLEAR_ACTIONS, params)

    def _clear(self, params: Params, execute: Execute) -> Any:
        with self._moves.interaction("clear", params["id"]):
            return execute(Command.CLEAR_ELEMENT, params)

    def _type(self, params: Params, execute: Execute) -> Any:
        element, text = params["id"], str(params.get("text", ""))
        self._widgets.close()
        with self._moves.interaction("type", element) as doing:
            found = doing.found
            if found and found.widget and chooses(text, found.widget):
                return self._widgets.choose(
                    doing, element, lambda: execute(Command.SEND_KEYS_TO_ELEMENT, params)
                )
            splits = found is not None and found.editable and not HELD & set(text)
            if text and splits and self._pace.typing:
                return self._type_keys(doing, element, text, execute)
            self._note_keys(doing, text)
            return execute(Command.SEND_KEYS_TO_ELEMENT, params)

    def _note_keys(self, doing: Doing, text: str) -> None:
        """Note the keys in `text` that do not write, unless they go to a password field."""
        if doing.found and not doing.found.secret:
            now_ms = self._body.now_ms()
            doing.keys += [KeyPress(at_ms=now_ms, label=label) for label in labels_of(text)]

    def _type_keys(self, doing: Doing, element: str, text: str, execute: Execute) -> Any:
        """Type `text` a few keys at a time.

        After the first, keys go to the focused element, as they would if they were sent together:
        some pages move the focus to the next field with every digit of a code.
        """
        result: Any = None
        for typed, keys in enumerate(strokes(text, self._pace.typing)):
            with self._moves.keystroke():
                self._note_keys(doing, keys)
                if typed and UNSHIFTED.issuperset(keys):
                    execute(Command.W3C_ACTIONS, {"actions": [presses(keys)]})
                    continue
                element = (typed and self._active()) or element
                result = execute(
                    Command.SEND_KEYS_TO_ELEMENT, {"id": element, "text": keys, "value": list(keys)}
                )
        return result

    def _answer(self, params: Params, execute: Execute, *, accepts: bool) -> Any:
        command = Command.W3C_ACCEPT_ALERT if accepts else Command.W3C_DISMISS_ALERT
        return self._dialogs.answer(lambda: execute(command, params), accepts=accepts)

    def _enter(self, params: Params, execute: Execute) -> Any:
        text = str(params.get("text", ""))
        return self._dialogs.enter(text, lambda: execute(Command.W3C_SET_ALERT_VALUE, params))

    def _type_into(self, params: Params, execute: Execute) -> Any:
        """Type into a field or editor, as `forge.type_into` describes."""
        entry = TextEntry(self._moves, self._widgets, execute)
        entry.enter(params, press=lambda given: self._press(given, execute))
        return {"value": None}

    def _active(self) -> str | None:
        try:
            active = geometry.script(self._body.ask, ACTIVE_SCRIPT)
            return active and str(active.id)
        except Exception:
            return None  # an alert, or another document: keep to the element


#: Commands that the hand performs in a setup, too: apps count the clicks of a double click, and
#: WebDriver drops what is dragged after each command.
IN_SETUP_TOO = (
    *(Command.CLICK_ELEMENT, Command.W3C_ACTIONS, Command.W3C_CLEAR_ACTIONS),
    TYPE_INTO,
)
OPENING = (Command.GET, Command.GO_BACK, Command.GO_FORWARD, Command.REFRESH)
HANDLERS: dict[str, Callable[[Hand, Params, Execute], Any]] = {
    Command.CLICK_ELEMENT: Hand._click,
    Command.CLEAR_ELEMENT: Hand._clear,
    Command.W3C_ACTIONS: Hand._chain,
    Command.W3C_CLEAR_ACTIONS: Hand._let_go,
    Command.SEND_KEYS_TO_ELEMENT: Hand._type,
    TYPE_INTO: Hand._type_into,
    Command.W3C_ACCEPT_ALERT: partial(Hand._answer, accepts=True),
    Command.W3C_DISMISS_ALERT: partial(Hand._answer, accepts=False),
    Command.W3C_SET_ALERT_VALUE: Hand._enter,
    **{command: partial(Hand._open, command=command) for command in OPENING},
}
