"""Lists and pickers: the hand opens one, reaches for the choice, and makes it.

The browser draws them into a window of its own, which no recording shows. So nothing opens; what it
would show is noted, and drawn when composing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

from pydantic import Field, TypeAdapter

from forge.model.take import Box
from forge.model.widgets import OpenList, Picker
from forge.workers.recording.hand import geometry
from forge.workers.recording.hand.geometry import Target
from forge.workers.recording.hand.moves import Doing, Moves
from forge.workers.recording.hand.timing import AIM_MS, OPEN_MS, REACH_MS
from forge.workers.recording.javascript import load

#: Returns the value of a select, a date or colour field, and what its list or picker shows.
WIDGET_SCRIPT = load(__name__, "widget")
ARROWS = frozenset("\ue00e\ue00f\ue010\ue011\ue012\ue013\ue014\ue015")
PICKER = TypeAdapter[Picker | None](Annotated[Picker | None, Field(discriminator="kind")])


class Look(NamedTuple):
    """A field's value, and its list or picker; None without a value to show."""

    value: Any
    widget: Picker | None


def chooses(text: str, widget: str) -> bool:
    """Return True if sending `text` to a `widget` (`Target.widget`) changes its value."""
    return any(key < "\ue000" or (widget == "list" and key in ARROWS) for key in text)


class Widgets:
    """Chooses from lists and pickers. `_open`: the box of the select whose list was opened last."""

    def __init__(self, moves: Moves) -> None:
        self._moves, self._body = moves, moves.body
        self._open: Box | None = None

    def choose(self, doing: Doing, element: str, act: Callable[[], Any]) -> Any:
        """Open the widget of `element`, and make a choice by `act`; return what that returns."""
        assert doing.found is not None
        before = self._look(doing.found, element)
        if before is None:
            return act()
        if self._open != doing.found.box:
            self._rest(OPEN_MS)
        from_ms = self._body.now_ms()
        self._rest(REACH_MS)
        there_ms = self._body.now_ms()
        self._rest(AIM_MS)
        result = act()
        after = before
        if doing.found.widget != "option" and self._body.dialog() is None:
            after = self._look(doing.found, element, before.value) or before
        if after.widget:
            doing.kind = "choose"
            times = {"from_ms": from_ms, "there_ms": there_ms}
            doing.widget = after.widget.model_copy(update=times)
            self._moves.leave()
        return result

    def opened(self, doing: Doing, element: str) -> None:
        """Note that a click has opened the list of `element`, a select."""
        assert doing.found is not None
        seen = self._look(doing.found, element)
        if seen and isinstance(seen.widget, OpenList):
            doing.widget = seen.widget.model_copy(update={"chosen": None})
            self._open = doing.found.box

    def close(self) -> None:
        """Note that whatever is done next closes an open list."""
        self._open = None

    def _rest(self, ms: float) -> None:
        with self._body.beat(ms):
            self._body.pause(ms)

    def _look(self, found: Target, element: str, before: Any = None) -> Look | None:
        """Return the value of `element` and its widget, None if it is gone."""
        with self._moves.best_effort(), self._body.beat(0):
            reference = geometry.reference(element)
            told = geometry.script(self._body.ask, WIDGET_SCRIPT, reference, before)
            widget = PICKER.validate_python(told["widget"])
            if isinstance(widget, OpenList):  # its frame may be enlarged
                font_px = widget.font_px * found.way.scale
                widget = widget.model_copy(update={"font_px": font_px})
            return Look(told["value"], widget)
        return None
