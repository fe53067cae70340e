"""Messages for timeouts of `WebDriverWait`: what for, how long, and what is still open."""

from __future__ import annotations

import inspect
import linecache
from collections.abc import Callable, Iterator
from itertools import islice
from types import FrameType
from typing import Any, NamedTuple

from selenium.common.exceptions import TimeoutException
from selenium.webdriver.support.wait import WebDriverWait

from forge.waits import FORGES, AllHold
from forge.workers.recording.recorder import Waited

UNTIL = (WebDriverWait.until.__code__, WebDriverWait.until_not.__code__)
MOST = 3  # open requests and outsides in a message


class TracebackFrame(NamedTuple):
    """A Python frame that an error came through, and the instruction that it was at."""

    frame: FrameType
    instruction: int


def describe(error: BaseException, waited: Callable[[float], Waited]) -> str | None:
    """Return the message for a wait's timeout; None for another error.

    `waited(began_s)` returns the time that has passed since `began_s` of the clock of waits.
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
    """Return the length of the wait whose timeout `error` is."""
    found = _wait_of(error)
    inner = found[0].frame.f_locals if found else {}
    return waited(inner["end_time"] - inner["self"]._timeout) if found else Waited(0, 0, ())


def awaited(error: BaseException) -> Any:
    """Return the condition of the wait whose timeout `error` is; None for another error."""
    found = _wait_of(error)
    return found[0].frame.f_locals["method"] if found else None


def fails_on_any_clock(error: BaseException, waited: Callable[[float], Waited]) -> bool:
    """Return True if a wait has reached its limit on the machine's clock, too."""
    found = _wait_of(error)
    limit_s = found[0].frame.f_locals["self"]._timeout if found else float("inf")
    return bool(waited_by(error, waited).machine_s >= limit_s)


def _wait_of(error: BaseException) -> tuple[TracebackFrame, TracebackFrame | None] | None:
    """Return the frame of Selenium's wait that a timeout comes from, and its caller."""
    if not isinstance(error, TimeoutException):
        return None
    caller = None
    for passed in _passed(error):
        if passed.frame.f_code in UNTIL:
            return passed, caller
        caller = passed
    return None  # a page that did not load, say: WebDriver's own message says it


def lasted(waited: Waited) -> str:
    """Return, in words, how long a wait lasted on both clocks, and what is still open."""
    page_s, machine_s, still = waited
    times = f"{page_s:.1f} s of page time, {machine_s:.1f} s of real time"
    named = ", ".join(still[:MOST]) + (f" and {len(still) - MOST} more" if still[MOST:] else "")
    return f"{times}; still open: {named}" if still else f"{times}; nothing is still open"


def condition(method: Any) -> str:
    """Return a condition of forge's or Selenium's as it was written, "" for another function.

    For example `visibility_of_element_located(('id', 'x'))`.
    """
    if isinstance(method, AllHold):
        method = method.missing
    if isinstance(method, FORGES):
        return str(method)
    name, inner, _ = getattr(method, "__qualname__", "").partition(".<locals>")
    if not inner or not getattr(method, "__module__", "").startswith("selenium."):
        return ""
    given = inspect.getclosurevars(method).nonlocals.values()
    return f"{name}({', '.join(map(repr, given))})"


def source(at: TracebackFrame) -> str:
    """Return the source of the expression that an error came through, on one line."""
    code = at.frame.f_code
    first, last, *_ = next(islice(code.co_positions(), at.instruction // 2, None))
    lines = [linecache.getline(code.co_filename, n) for n in range(first or 0, (last or 0) + 1)]
    return " ".join(" ".join(lines).split())


def _passed(error: BaseException) -> Iterator[TracebackFrame]:
    trace = error.__traceback__
    while trace:
        yield TracebackFrame(trace.tb_frame, trace.tb_lasti)
        trace = trace.tb_next
