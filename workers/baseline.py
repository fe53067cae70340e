"""Find harm that a job has done to the process of its worker.

Steps are users' code, and later jobs run in the same process. Patched functions, lowered limits or
leaked descriptors would make another job fail, and the worker is replaced instead.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys
import threading
from collections.abc import Callable, Collection
from operator import is_
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

#: How much more of each a worker may hold than at first. An app that an adapter runs in threads
#: grows a pool of some forty threads; a leak exceeds any number after some jobs. A worker has a
#: dozen descriptors at first, twenty more while it records, and those of `quiescence`, which takes
#: at most half of the limit. So a limit of 256 descriptors suffices; 1024 are usual.
MOST_MORE = {"descriptors": 64, "threads": 64, "processes": 32}

#: The names of this system's limits. One limit has two names; the usual one is kept.
LIMITS = {
    getattr(resource, name): name
    for name in sorted(dir(resource), reverse=True)
    if name.startswith("RLIMIT_")
}

#: Interval timers. Their signals end a process without a handler.
TIMERS = {name: getattr(signal, name) for name in ("ITIMER_REAL", "ITIMER_VIRTUAL", "ITIMER_PROF")}
IMMUTABLE_TYPE = 1 << 8  # `Py_TPFLAGS_IMMUTABLETYPE`: no attribute of it can be set


class _Module(NamedTuple):
    """A module, and the functions and classes in it by their names."""

    module: ModuleType
    functions: dict[str, object]


class _Class(NamedTuple):
    """A class that can be patched, and its own attributes."""

    type: type
    attributes: dict[str, Any]


class Baseline:
    """The state of this process at one moment.

    A job may add to it, up to `MOST_MORE`: a variable, a module, some threads. A job may not change
    environment, working folder, limits, signal handlers, modules, the functions and classes in
    them, and the methods of these. It may not leave a timer, which would go off in another job.
    """

    def __init__(self) -> None:
        self._has_adapter = False
        self.renew()

    def renew(self) -> None:
        """Take the present state of the process as the baseline."""
        self._modules = _modules()
        self._classes = _classes(self._modules)
        self._timed = _timed()
        self._state, self._counts = _state(), _counts()

    def renew_with_adapter(self) -> None:
        """Renew the baseline after the first start of an adapter, whose changes are legitimate.

        After a later start, changes may be those of a job.
        """
        if not self._has_adapter:
            self._has_adapter = True
            self.renew()

    def harm(self) -> str | None:
        """Return why no other job should run in this process, or None.

        Raises:
            OSError: the process cannot be examined, for example without free descriptors.
        """
        if patched := self._patched():
            return f"a job patched {patched}"
        if left := next((call for call in _timed() if call not in self._timed), None):
            return f"a job left a timer that is to call {getattr(left, '__name__', '?')!a}"
        now = _state()
        for name, value in self._state.items():
            if name not in now or now[name] != value:
                return f"a job changed {name}"
        for name, count in _counts().items():
            if (more := count - self._counts[name]) > MOST_MORE[name]:
                return f"it holds {more} more {name} than at first"
        return None

    def _patched(self) -> str | None:
        for module, functions in self._modules:
            if sys.modules.get(module.__name__) is not module:
                return module.__name__
            present = vars(module)
            if all(map(is_, map(present.get, functions), functions.values())):
                continue  # quick: there are some 20,000 functions
            for name, value in functions.items():
                found = present.get(name)
                if found is not value and not _is_usual(module.__name__, found):
                    return f"{module.__name__}.{name}"
        for cls, attributes in self._classes:
            now = vars(cls).copy()
            if len(now) == len(attributes) and all(map(is_, now.values(), attributes.values())):
                continue  # quick: this holds for nearly all of some 3000 classes
            for name in {*attributes, *now}:
                before, found = _attribute(cls, name, attributes), now.get(name)
                if found is not before and _is_method(before) and not _is_own(cls, name, found):
                    return f"{cls.__module__}.{cls.__qualname__}.{name}"
        return None


def _modules() -> list[_Module]:
    """Return all modules whose import has ended.

    Another thread may import modules now: forge loads some beside the start of an adapter.
    """
    known = list(sys.modules.items())
    loading = {key for key, module in known if _is_loading(module)}
    return [
        _Module(module, {n: value for n, value in list(vars(module).items()) if callable(value)})
        for key, module in known
        if isinstance(module, ModuleType) and key == module.__name__ and not _lies_in(key, loading)
    ]


def _classes(modules: list[_Module]) -> list[_Class]:
    found = {
        id(value): value
        for _, functions in modules
        for value in functions.values()
        if issubclass(type(value), type)
    }
    return [
        _Class(cls, dict(vars(cls)))
        for cls in found.values()
        if isinstance(cls, type) and not cls.__flags__ & IMMUTABLE_TYPE
    ]


def _attribute(cls: type, name: str, attributes: dict[str, Any]) -> Any:
    """Return the former value of `name`, of `cls` with its `attributes` or of a base class."""
    if name in attributes:
        return attributes[name]
    return next((vars(base)[name] for base in cls.__mro__[1:] if name in vars(base)), None)


def _is_method(value: object) -> bool:
    return callable(value) or isinstance(value, staticmethod | classmethod | property)


def _is_own(cls: type, name: str, found: object) -> bool:
    """Return True if the class itself set it, as a Protocol copies an inherited `__init__`."""
    above = (vars(base).get(name, cls) for base in cls.__mro__[1:])
    return any(value is found for value in above) or _is_usual(cls.__module__, found)


def _timed() -> list[Callable[..., object]]:
    """Return the functions that running timers will call, except those of forge."""
    timers = (t for t in threading.enumerate() if isinstance(t, threading.Timer))
    return [t.function for t in timers if not _origin(t.function).startswith("forge.")]


def _is_loading(module: object) -> bool:
    return bool(getattr(getattr(module, "__spec__", None), "_initializing", False))


def _lies_in(name: str, loading: Collection[str]) -> bool:
    """Return True if module `name` is one of those that are `loading`, or lies in one.

    A package may replace its modules until its own import has ended, as OpenCV does.
    """
    return bool(loading) and any(name == one or name.startswith(f"{one}.") for one in loading)


def _is_usual(module: str, function: object) -> bool:
    """Return True if the module's own package (as urllib3 does at first use) or forge set it."""
    if isinstance(function, ModuleType):
        # Of a lazy import, whose stand-in could be called, and which was used meanwhile.
        return sys.modules.get(function.__name__) is function
    package = _origin(function).partition(".")[0]
    return package in (module.partition(".")[0], "forge")


def _origin(function: object) -> str:
    """Return the module that defines a function or class; `functools.wraps` may name another."""
    function = getattr(function, "fget", getattr(function, "__func__", function))
    scope = getattr(function, "__globals__", {})
    return str(scope.get("__name__") or getattr(function, "__module__", ""))


def _variables() -> dict[str, str]:
    """Return the environment without the variable that OpenCV sets when it is imported."""
    return {name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"}


def _state() -> dict[str, object]:
    """Return the settings of the process, by their names in messages."""
    return {
        "the working folder": Path("/proc/self/cwd").readlink(),
        "the umask": _umask(),
        "the recursion limit": sys.getrecursionlimit(),
        "the default timeout of sockets": socket.getdefaulttimeout(),
        **{name: resource.getrlimit(number) for number, name in LIMITS.items()},
        **{f"the handler of {s.name}": signal.getsignal(s) for s in signal.Signals},
        **{f"the timer {name}": any(signal.getitimer(of)) for name, of in TIMERS.items()},
        **{f"the variable {name!a}": value for name, value in _variables().items()},
    }


def _umask() -> str:
    """Return the umask from /proc: no system call reads it without setting it."""
    status = Path("/proc/self/status").read_text()
    return next(line for line in status.splitlines() if line.startswith("Umask:"))


def _counts() -> dict[str, int]:
    """Return the number of descriptors, threads, and processes of the session."""
    session = os.getsid(0)
    return {
        "descriptors": sum(1 for _ in Path("/proc/self/fd").iterdir()),
        "threads": len(sys._current_frames()),
        "processes": sum(_is_of(session, folder.name) for folder in Path("/proc").iterdir()),
    }


def _is_of(session: int, name: str) -> bool:
    try:
        return name.isdigit() and os.getsid(int(name)) == session
    except OSError:
        return False  # it has ended
