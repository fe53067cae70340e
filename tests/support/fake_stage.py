"""A stage without a browser, for `record_step`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from forge.model.widgets import DialogEvent


class FakeStage:
    """A stage whose time passes only when it is let.

    The page rests `rests_after_ms` after a command. `something_came`: it changes by itself.
    `late_ms`: by how much every run and rest ends too late.
    """

    def __init__(self) -> None:
        self.hand: Any = SimpleNamespace(done=tuple)
        self.resting, self.commands = True, 0
        self.at_ms, self.rests_after_ms = 0, 400
        self.something_came = False
        self.late_ms = 0

    def now_ms(self) -> int:
        return self.at_ms

    def dialogs(self) -> tuple[DialogEvent, ...]:
        return ()

    def run_until(self, at_ms: float) -> None:
        if at_ms > self.at_ms:
            self.at_ms = round(at_ms) + self.late_ms

    def disturbed(self, since_ms: int) -> bool:
        return self.something_came

    def rest(self, until_ms: int) -> tuple[bool, int]:
        rest_ms = self.at_ms + self.rests_after_ms
        self.at_ms = min(until_ms, rest_ms) + self.late_ms
        return rest_ms < until_ms, rest_ms

    def click(self) -> None:
        self.commands += 1
        self.at_ms += 1000
