"""Waits of a tutorial on the page's time: `time.sleep`, and the clock of Selenium's waits.

In a worker that records on the virtual clock, `time.sleep` asks which thread calls: in the one that
records, while it does, the page lives for so long. `WebDriverWait` gets a clock of its own in place
of its module's `time`. Nothing else of Python is touched: `time.time`, `time.monotonic`, asyncio,
queues and subprocesses live in real time. forge's own code takes its time from `time.perf_counter`
and waits by events, which are never patched.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

_here = threading.local()
_installed = False
_real_sleep = time.sleep


class PageTime(Protocol):
    """A clock that a thread can be put on. Times in seconds."""

    def sleep(self, seconds: float, *, selenium: bool) -> None:
        """Let the page live for so long; `selenium`: between two looks of a wait of its own."""
        ...

    def wait_s(self) -> float:
        """The clock that waits are limited by."""
        ...


class SeleniumTime:
    """What `selenium.webdriver.support.wait` takes for the module `time`."""

    def sleep(self, seconds: float) -> None:
        """Sleep between two looks."""
        clock = _clock()
        if clock is None:
            _real_sleep(seconds)
        else:
            clock.sleep(seconds, selenium=True)

    def monotonic(self) -> float:
        """The clock that a wait is limited by."""
        clock = _clock()
        return time.monotonic() if clock is None else clock.wait_s()

    time = monotonic  # older versions of Selenium ask for this

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


def install() -> None:
    """Make this process's sleeps ask; before tutorials are loaded, which may import the name."""
    global _installed
    if _installed:
        return
    _installed = True
    from selenium.webdriver.support import wait

    vars(time)["sleep"] = _sleep
    vars(wait)["time"] = SeleniumTime()


@contextmanager
def on(clock: PageTime | None) -> Iterator[None]:
    """Put the calling thread on `clock` (None: on real time) for as long as the block lasts."""
    before, _here.clock = _clock(), clock
    try:
        yield
    finally:
        _here.clock = before


def _clock() -> PageTime | None:
    clock: PageTime | None = getattr(_here, "clock", None)
    return clock


def _sleep(seconds: float) -> None:
    clock = _clock()
    if clock is None:
        _real_sleep(seconds)
    else:
        clock.sleep(seconds, selenium=False)


_sleep.__name__ = "sleep"
