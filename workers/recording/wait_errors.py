"""What a wait of Selenium's that failed was waiting for, how long, and what is still open."""

from __future__ import annotations

import inspect
import linecache
from collections.abc import Callable, Iterator
from itertools import islice
from types import FrameType
from typing import Any, NamedTuple

from selenium.common.exceptions import TimeoutException
from selenium.webdriver.support.wait import WebDriverWait

from forge.workers.recording.recorder import Waited

UNTIL = (WebDriverWait.until.__code__, WebDriverWait.until_not.__code__)
MOST = 3  # of what is open


class Passed(NamedTuple):
    """A frame that an error came through, and the instruction that it was at."""

    frame: FrameType
    instruction: int


def describe(error: BaseException, waited: Callable[[float], Waited]) -> str | None:
    """The message of a wait's timeout; None for another error.

    `waited(began_s)` tells what has gone by since the wait began, on the clock it goes by.
    """
    if (found := _wait_of(error)) is None:
        return None
    until, caller = found
    inner = until.frame.f_locals
    what = condition(inner["method"]) or (source(caller) if caller else "a condition")
    said = f"{inner['message']}: " if inner.get("message") else ""
    negated = " not" if until.frame.f_code is UNTIL[1] else ""
    limit_s = inner["self"]._timeout
    times = lasted(waited_by(error, waited))
    return f"{said}waited {limit_s:g} s for{negated} {what}: {times}"


def waited_by(error: BaseException, waited: Callable[[float], Waited]) -> Waited:
    """What has gone by since the wait began that an error comes from."""
    found = _wait_of(error)
    inner = found[0].frame.f_locals if found else {}
    return waited(inner["end_time"] - inner["self"]._timeout) if found else Waited(0, 0, ())


def fails_on_any_clock(error: BaseException, waited: Callable[[float], Waited]) -> bool:
    """Whether a wait has lasted for its limit on the machine's clock too."""
    found = _wait_of(error)
    limit_s = found[0].frame.f_locals["self"]._timeout if found else float("inf")
    return bool(waited_by(error, waited).machine_s >= limit_s)


def _wait_of(error: BaseException) -> tuple[Passed, Passed | None] | None:
    """Where in Selenium's wait a timeout comes from, and what called that."""
    if not isinstance(error, TimeoutException):
        return None
    caller = None
    for passed in _passed(error):
        if passed.frame.f_code in UNTIL:
            return passed, caller
        caller = passed
    return None  # a page that was not loaded, say: WebDriver says what


def lasted(waited: Waited) -> str:
    """How long a wait lasted on both clocks, and what is still open, in words."""
    page_s, machine_s, still = waited
    times = f"{page_s:.1f} s of page time, {machine_s:.1f} s of real time"
    named = ", ".join(still[:MOST]) + (f" and {len(still) - MOST} more" if still[MOST:] else "")
    return f"{times}; still open: {named}" if still else f"{times}; nothing is still open"


def condition(method: Any) -> str:
    """An expected condition as it was written: `visibility_of_element_located(('id', 'x'))`."""
    name, inner, _ = getattr(method, "__qualname__", "").partition(".<locals>")
    if not inner or not getattr(method, "__module__", "").startswith("selenium."):
        return ""
    given = inspect.getclosurevars(method).nonlocals.values()
    return f"{name}({', '.join(map(repr, given))})"


def source(at: Passed) -> str:
    """The expression that an error passed, on one line however it was written."""
    code = at.frame.f_code
    first, last, *_ = next(islice(code.co_positions(), at.instruction // 2, None))
    lines = [linecache.getline(code.co_filename, n) for n in range(first or 0, (last or 0) + 1)]
    return " ".join(" ".join(lines).split())


def _passed(error: BaseException) -> Iterator[Passed]:
    trace = error.__traceback__
    while trace:
        yield Passed(trace.tb_frame, trace.tb_lasti)
        trace = trace.tb_next
