"""Harm of a job to the process of its worker, and changes that are allowed."""

from __future__ import annotations

import functools
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import FunctionType, ModuleType

import psutil
import pytest

from forge.workers import baseline as baseline_module
from forge.workers.baseline import Baseline


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    few = {"descriptors": 4, "threads": 1, "processes": 1}
    monkeypatch.setattr(baseline_module, "MOST_MORE", few)
    # Processes of tests that run in parallel belong to the session too.
    monkeypatch.setattr(baseline_module, "_is_of", lambda _, name: _is_ours(name))


def _is_ours(name: str) -> bool:
    try:
        return name.isdigit() and psutil.Process(int(name)).ppid() == os.getpid()
    except psutil.NoSuchProcess:
        return False


def test_changed_state_is_harm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FORGE_TEST_BASELINE", "there")
    baseline = Baseline()
    assert baseline.harm() is None

    def said_after(change: str, *arguments: object) -> str | None:
        with monkeypatch.context() as patch:
            getattr(patch, change)(*arguments)
            return baseline.harm()

    assert said_after("setattr", json, "loads", None) == "a job patched json.loads"
    assert said_after("delattr", time, "monotonic") == "a job patched time.monotonic"
    assert said_after("delitem", sys.modules, "json") == "a job patched json"
    assert said_after("setattr", "builtins.open", None) == "a job patched builtins.open"
    variable = "FORGE_TEST_BASELINE"
    assert said_after("setenv", variable, "other") == f"a job changed the variable {variable!r}"
    assert said_after("delenv", variable) == f"a job changed the variable {variable!r}"
    assert said_after("setenv", f"{variable}_NEW", "added") is None
    assert said_after("setattr", json, "new_function", print, False) is None
    assert said_after("chdir", tmp_path) == "a job changed the working folder"
    assert baseline.harm() is None


class Above:
    def method(self) -> None: ...


class Below(Above):
    @property
    def seen(self) -> int:
        return 1

    count = 1


def test_patched_methods_are_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    baseline = Baseline()

    def said_after(change: str, *arguments: object) -> str | None:
        with monkeypatch.context() as patch:
            getattr(patch, change)(*arguments)
            return baseline.harm()

    disguised = FunctionType(Above.method.__code__, {"__name__": "a_tutorial"})
    functools.update_wrapper(disguised, Above.method)
    assert said_after("setattr", socket.socket, "connect", None) == (
        "a job patched socket.socket.connect"  # it inherits the method
    )
    where = f"a job patched {__name__}.Below"
    assert said_after("setattr", Below, "method", disguised) == f"{where}.method"
    assert said_after("setattr", Below, "seen", property(len)) == f"{where}.seen"
    assert said_after("delattr", Below, "seen") == f"{where}.seen"
    assert said_after("setattr", Below, "method", Above.method) is None
    assert said_after("setattr", Below, "count", 2) is None
    assert said_after("setattr", Below, "added", len, False) is None
    assert baseline.harm() is None


def test_a_timer_that_was_left_is_told(stack: ExitStack) -> None:
    baseline = Baseline()
    ours = threading.Timer(60, Baseline.renew)  # forge's own
    left = threading.Timer(60, os.getpid)
    for timer in (ours, left):
        stack.callback(timer.join)
        stack.callback(timer.cancel)
    ours.start()
    assert baseline.harm() is None
    left.start()
    assert baseline.harm() == "a job left a timer that is to call 'getpid'"
    baseline.renew()  # the adapter's timer stays
    assert baseline.harm() is None
    stack.callback(signal.setitimer, signal.ITIMER_VIRTUAL, 0)
    signal.setitimer(signal.ITIMER_VIRTUAL, 60)
    assert baseline.harm() == "a job changed the timer ITIMER_VIRTUAL"


def test_changed_limits_are_harm(stack: ExitStack) -> None:
    baseline = Baseline()
    usual = resource.getrlimit(resource.RLIMIT_NOFILE)
    stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, usual)
    resource.setrlimit(resource.RLIMIT_NOFILE, (usual[0] - 1, usual[1]))
    assert baseline.harm() == "a job changed RLIMIT_NOFILE"
    baseline.renew()
    stack.callback(os.umask, os.umask(0o123))
    assert baseline.harm() == "a job changed the umask"
    baseline.renew()
    heed = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    stack.callback(signal.signal, signal.SIGCHLD, heed)
    assert baseline.harm() == "a job changed the handler of SIGCHLD"
    baseline.renew()
    stack.callback(socket.setdefaulttimeout, socket.getdefaulttimeout())
    socket.setdefaulttimeout(0.5)
    assert baseline.harm() == "a job changed the default timeout of sockets"
    baseline.renew()
    assert baseline.harm() is None


def test_variable_of_opencv_is_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "before")
    baseline = Baseline()
    monkeypatch.setenv("LD_LIBRARY_PATH", "after")
    assert baseline.harm() is None


def test_what_is_new_is_counted(stack: ExitStack) -> None:
    baseline = Baseline()
    for _ in range(4):
        stack.callback(os.close, os.open(os.devnull, os.O_RDONLY))
    assert baseline.harm() is None
    stack.callback(os.close, os.open(os.devnull, os.O_RDONLY))
    assert baseline.harm() == "it holds 5 more descriptors than at first"
    baseline.renew()

    done = threading.Event()
    threads = [threading.Thread(target=done.wait) for _ in range(2)]
    for thread in threads:
        thread.start()
    said = baseline.harm()
    done.set()
    for thread in threads:
        thread.join()
    assert said == "it holds 2 more threads than at first"

    children = [subprocess.Popen(["sleep", "60"], stdin=subprocess.DEVNULL) for _ in range(2)]
    said = baseline.harm()
    for child in children:
        child.kill()
        child.wait()
    assert said == "it holds 2 more processes than at first"


def test_functions_of_the_module_itself_are_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    baseline = Baseline()
    monkeypatch.setattr(time, "sleep", Baseline.renew)
    monkeypatch.setattr(json, "loads", json.load)
    assert baseline.harm() is None


def test_used_lazy_imports_are_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    class StandIn:
        def __call__(self) -> None: ...

    monkeypatch.setattr(json, "decoder_later", StandIn(), raising=False)
    baseline = Baseline()
    monkeypatch.setattr(json, "decoder_later", json.decoder)
    assert baseline.harm() is None
    monkeypatch.setattr(json, "decoder_later", ModuleType("decoder"))
    assert baseline.harm() == "a job patched json.decoder_later"


def test_only_the_first_adapter_start_renews(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    baseline = Baseline()
    monkeypatch.chdir(tmp_path)
    baseline.renew_with_adapter()
    assert baseline.harm() is None
    monkeypatch.setattr(json, "loads", None)
    baseline.renew_with_adapter()
    assert baseline.harm() == "a job patched json.loads"


def test_what_a_package_replaces_while_it_is_imported_is_no_harm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    package, module = ModuleType("half"), ModuleType("half.part")
    package.__spec__ = ModuleSpec("half", None)
    vars(package.__spec__)["_initializing"] = True
    vars(module)["read"] = lambda: "early"
    monkeypatch.setitem(sys.modules, "half", package)
    monkeypatch.setitem(sys.modules, "half.part", module)
    baseline = Baseline()
    vars(package.__spec__)["_initializing"] = False
    vars(module)["read"] = dict
    assert baseline.harm() is None
    baseline.renew()
    vars(module)["read"] = list
    assert baseline.harm() == "a job patched half.part.read"
