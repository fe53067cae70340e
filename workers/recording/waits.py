"""Waits of a tutorial on the page's time: `time.sleep`, `time.time`, `WebDriverWait`.

In a worker that records on the virtual clock, the functions of `time` ask which thread calls. In
the one that records, while it does, they tell the page's time; everywhere else they are what
they always were. `WebDriverWait` and most libraries call them through the module.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

_here = threading.local()
_installed = False


class PageTime(Protocol):
    """A clock that a thread can be put on."""

    def now_s(self) -> float:
        """The page's time in seconds since the epoch."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let the page live for so long."""
        ...


def install() -> None:
    """Make this process's `time` ask; before tutorials are loaded, which may import its names."""
    global _installed
    if _installed:
        return
    _installed = True
    time.sleep = _asking(time.sleep, lambda clock, seconds: clock.sleep(seconds))
    time.time = _asking(time.time, lambda clock: clock.now_s())
    time.monotonic = _asking(time.monotonic, lambda clock: clock.now_s())


@contextmanager
def on(clock: PageTime | None) -> Iterator[None]:
    """Put the calling thread on `clock` (None: on real time) for as long as the block lasts."""
    before, _here.clock = getattr(_here, "clock", None), clock
    try:
        yield
    finally:
        _here.clock = before


def _asking(real: Callable[..., Any], of_page: Callable[..., Any]) -> Callable[..., Any]:
    def ask(*args: Any) -> Any:
        clock = getattr(_here, "clock", None)
        return real(*args) if clock is None else of_page(clock, *args)

    ask.__name__ = real.__name__
    return ask
