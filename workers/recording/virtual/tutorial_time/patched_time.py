"""Waits of a tutorial on the page's time: `time.sleep`, and the clock of Selenium's waits.

In a worker that records on the virtual clock, `time.sleep` checks which thread calls it. If the
thread is recording, page time of that length passes instead. `WebDriverWait` gets a clock of its
own in place of its module's `time`. Nothing else of Python is touched: `time.time`,
`time.monotonic`, asyncio, queues and subprocesses stay on real time. forge's own code takes its
time from `forge.workers.real_time`, which is never patched.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from forge.workers import real_time

_here = threading.local()


class PageTime(Protocol):
    """A clock for the sleeps and waits of a thread. Times in seconds."""

    def sleep(self, seconds: float, *, selenium: bool) -> None:
        """Let that much page time pass; `selenium`: between two polls of a `WebDriverWait`."""
        ...

    def wait_s(self) -> float:
        """Return the time of the clock that waits are limited by."""
        ...


class SeleniumTime:
    """What `selenium.webdriver.support.wait` uses in place of the module `time`."""

    def sleep(self, seconds: float) -> None:
        """Sleep between two polls."""
        clock = _clock()
        if clock is None:
            real_time.sleep(seconds)
        else:
            clock.sleep(seconds, selenium=True)

    def monotonic(self) -> float:
        """Return the time of the clock that a wait is limited by."""
        clock = _clock()
        return time.monotonic() if clock is None else clock.wait_s()

    time = monotonic  # older versions of Selenium call this

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


def install() -> None:
    """Patch this process's sleeps; safe to call twice.

    Call it before tutorials are loaded: `from time import sleep` keeps the function of that moment.
    """
    from selenium.webdriver.support import wait

    vars(time)["sleep"] = _sleep
    if not isinstance(vars(wait)["time"], SeleniumTime):
        vars(wait)["time"] = SeleniumTime()


@contextmanager
def on(clock: PageTime | None) -> Iterator[None]:
    """Make the calling thread's sleeps and waits use `clock` (None: real time) inside the block."""
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
        real_time.sleep(seconds)
    else:
        clock.sleep(seconds, selenium=False)


_sleep.__name__ = "sleep"
