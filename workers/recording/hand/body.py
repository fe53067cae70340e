"""The part of a recorder that the hand needs: a clock and the browser."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

Execute = Callable[[str, dict[str, Any]], Any]
Params = dict[str, Any]


class OpenDialog(NamedTuple):
    """A dialog of the page, which opened at `at_ms`."""

    at_ms: int
    message: str


class Body(Protocol):
    """A clock and a browser for the hand. Times are the take's, in ms."""

    def now_ms(self) -> int:
        """Return the take's time."""
        ...

    def run_for(self, ms: float) -> None:
        """Let `ms` of the take pass, in which the page runs."""
        ...

    def pause(self, ms: float) -> None:
        """Let `ms` pass; on a page at rest that may be a still picture, which takes no time."""
        ...

    def beat(
        self, ms: float, *, shows: bool = False, runs: bool = False
    ) -> AbstractContextManager[None]:
        """Make the block last exactly `ms` of the take, pauses included.

        `shows`: wait for the frame that shows the block's effect. `runs`: the page runs for all of
        that time, on every clock.
        """
        ...

    def dialog(self) -> OpenDialog | None:
        """Return the dialog that is open; None if there is none."""
        ...

    def ask(self, command: str, params: Params, *, acts: bool = False) -> Any:
        """Return the value of a command of forge's own. `acts`: it may change the page.

        If it opens a dialog and acts, the value is None. If it only looks, WebDriver's
        UnexpectedAlertPresentException is raised.
        """
        ...

    def mouse(self, *events: Params) -> None:
        """Dispatch events of the real mouse: parameters of `Input.dispatchMouseEvent`.

        Return when the page has received the last, and the page that a click leads to has loaded;
        or when a dialog holds that up.
        """
        ...
