"""A body for the hand, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from forge.workers.recording.hand.body import OpenDialog
from forge.workers.recording.hand.geometry import PLACE_SCRIPT, PRESS_SCRIPT
from forge.workers.recording.hand.mouse import SECRET_SCRIPT
from forge.workers.recording.hand.wheel import WHEEL_SCRIPT
from forge.workers.recording.hand.widgets import WIDGET_SCRIPT

UP = {"way": [0, 0, 1], "levels": 0, "foreign": False}


class FakeBody:
    """A page on which each element is where `found` says, and a clock that a test moves.

    `looks`: what the page answers about a widget, one after another. `secret`: a password field has
    the focus. `opened`: the dialog that is open.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self.did: list[tuple[float, str, dict[str, Any]]] = []  # by the mouse
        self.sent: list[tuple[str, dict[str, Any]]] = []  # by WebDriver
        self.found: dict[str, Any] = {}
        self.pressable: Any = [50, 60]
        self.looks: list[dict[str, Any]] = []
        self.secret = False
        self.problem: Exception | None = None
        self.opened: OpenDialog | None = None

    def now_ms(self) -> int:
        return round(self.now)

    def run_for(self, ms: float) -> None:
        self.now += ms

    def pause(self, ms: float) -> None:
        self.now += ms

    @contextmanager
    def beat(self, ms: float, *, shows: bool = False, runs: bool = False) -> Iterator[None]:
        until = self.now + ms
        yield
        self.now = until

    def dialog(self) -> OpenDialog | None:
        return self.opened

    def ask(self, command: str, params: dict[str, Any], *, acts: bool = False) -> Any:
        if self.problem:
            raise self.problem
        if params["script"] == PRESS_SCRIPT:
            return self.pressable
        if params["script"] == PLACE_SCRIPT:
            box = {"box": [40, 50, 20, 20], "point": [50.5, 60.5], "up": UP, "shape": "arrow"}
            flags = {"hidden": False, "editable": True, "attended": False}
            return box | flags | {"widget": "", "secret": False} | self.found
        if params["script"] == WIDGET_SCRIPT:
            return self.looks.pop(0)
        if params["script"] == SECRET_SCRIPT:
            return self.secret
        if params["script"] == WHEEL_SCRIPT:
            self.did.append((self.now, "turned", {"by": params["args"][2:4]}))
            return True
        return UP

    def mouse(self, *events: dict[str, Any]) -> None:
        self.did += [(self.now, event["type"], event) for event in events]

    def execute(self, command: str, params: dict[str, Any]) -> Any:
        self.sent.append((command, params))
        return {"value": None}

    def times(self, kind: str) -> list[float]:
        return [at for at, what, _ in self.did if what == kind]
