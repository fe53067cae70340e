"""What the hand needs of a recorder: a clock and the browser."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

Execute = Callable[[str, dict[str, Any]], Any]
Params = dict[str, Any]


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
