"""Dialogs: the hand reads one, types into its field, and presses one of its buttons.

Where the buttons are is decided when composing, for the dialog is in no picture.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from forge.model.take import Interaction
from forge.model.widgets import Answer, TypedAnswer
from forge.workers.recording.hand.moves import Moves
from forge.workers.recording.hand.timing import AIM_MS, REACH_MS, read_ms, strokes

Act = Callable[[], Any]


class Dialogs:
    """Answers dialogs. Without an open one, a command is executed at once, and fails."""

    def __init__(self, moves: Moves) -> None:
        self._moves, self._body = moves, moves.body

    def answer(self, act: Act, *, accepts: bool) -> Any:
        """Press OK or Cancel by `act`; return what that returns."""
        if not self._read():
            return act()
        from_ms = self._body.now_ms()
        self._rest(REACH_MS)
        there_ms = self._body.now_ms()
        self._rest(AIM_MS)
        at_ms = self._body.now_ms()
        result = act()
        self._moves.leave()
        self._moves.keep(
            Interaction(
                kind="answer",
                at_ms=at_ms,
                from_ms=from_ms,
                there_ms=there_ms,
                until_ms=self._body.now_ms(),
                widget=Answer(accepts=accepts),
            )
        )
        return result

    def enter(self, text: str, act: Act) -> Any:
        """Type `text` into a prompt by `act`, which enters it at once."""
        if not self._read():
            return act()
        at_ms, rate = self._body.now_ms(), self._moves.pace.typing
        if rate:
            self._rest(len(strokes(text, rate)) * 1000 / rate)
        result = act()
        until_ms = self._body.now_ms()
        self._moves.keep(
            Interaction(kind="type", at_ms=at_ms, until_ms=until_ms, widget=TypedAnswer(text=text))
        )
        return result

    def _read(self) -> bool:
        """Leave time to read the dialog since it opened; return False if there is none."""
        dialog = self._body.dialog()
        if dialog is None:
            return False
        if (left_ms := dialog.at_ms + read_ms(dialog.message) - self._body.now_ms()) > 0:
            self._rest(left_ms)
        return True

    def _rest(self, ms: float) -> None:
        with self._body.beat(ms):
            self._body.pause(ms)
