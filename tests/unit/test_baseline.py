"""What a job may change of its worker's process, and what makes that unfit for other jobs."""

from __future__ import annotations

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
from pathlib import Path

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


def test_what_was_there_must_be_as_it_was(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
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


def test_limits_and_the_like_are_looked_at_too(stack: ExitStack) -> None:
    baseline = Baseline()
    usual = resource.getrlimit(resource.RLIMIT_NOFILE)
    stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, usual)
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, usual[1]))
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


def test_what_is_new_is_counted(stack: ExitStack) -> None:
    baseline = Baseline()
    for _ in range(4):
        stack.callback(os.close, os.open(os.devnull, os.O_RDONLY))
    assert baseline.harm() is None
    stack.callback(os.close, os.open(os.devnull, os.O_RDONLY))
    assert baseline.harm() == "it holds 5 more descriptors than at first"
    baseline.renew()

    done = threading.Event()
    for _ in range(2):
        threading.Thread(target=done.wait).start()
    said = baseline.harm()
    done.set()
    assert said == "it holds 2 more threads than at first"

    children = [subprocess.Popen(["sleep", "60"], stdin=subprocess.DEVNULL) for _ in range(2)]
    said = baseline.harm()
    for child in children:
        child.kill()
        child.wait()
    assert said == "it holds 2 more processes than at first"


def test_what_forge_or_the_module_itself_puts_there_is_no_harm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    baseline = Baseline()
    monkeypatch.setattr(time, "sleep", Baseline.renew)
    monkeypatch.setattr(json, "loads", json.load)
    assert baseline.harm() is None


def test_only_the_first_start_of_an_adapter_is_there_to_stay(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    baseline = Baseline()
    monkeypatch.chdir(tmp_path)
    baseline.renew_with_adapter()
    assert baseline.harm() is None
    monkeypatch.setattr(json, "loads", None)
    baseline.renew_with_adapter()
    assert baseline.harm() == "a job patched json.loads"
