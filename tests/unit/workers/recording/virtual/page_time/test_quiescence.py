"""Whether processes rest, by the kernel's counts; here they are children of the test."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from forge.workers.recording.virtual.page_time.quiescence import (
    BUSY_S,
    QUIET_S,
    KernelFiles,
    Quiescence,
)

SLEEPS = "import sys; print('ready', flush=True); sys.stdin.read()"
WORKS = "print('ready', flush=True)\nwhile True: pass"
STARTS = f"""
import subprocess, sys
print('ready', flush=True)
sys.stdin.readline()
child = subprocess.Popen([sys.executable, '-c', {WORKS!r}], stdout=subprocess.PIPE)
child.stdout.readline()
print('started', flush=True)
sys.stdin.read()
child.kill()
"""
RESTLESS = """
import time
open('/proc/self/task/%d/comm' % __import__('os').getpid(), 'w').write('NAME')
print('ready', flush=True)
while True: time.sleep(0.0005)
"""


@contextmanager
def child(program: str) -> Iterator[subprocess.Popen[str]]:
    """Start a process that runs `program`, and wait until it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin and process.stdout
    try:
        process.stdout.readline()
        yield process
    finally:
        process.stdin.close()  # ends a child that reads it
        if program != STARTS:
            process.kill()
        process.wait(timeout=5)
        process.stdout.close()


def waited_s(quiescence: Quiescence, *own: int, most_s: float = BUSY_S) -> float:
    began_s = time.perf_counter()
    quiescence.wait(*own, most_s=most_s)
    return time.perf_counter() - began_s


@pytest.fixture(params=[True, False], ids=["counted", "uncounted"])
def watching(request: pytest.FixtureRequest) -> Callable[[int], Quiescence]:
    """Both ways of looking; the second is for containers without the kernel's own counts."""

    def watch(pid: int) -> Quiescence:
        quiescence = Quiescence(pid)
        quiescence._counted = request.param
        return quiescence

    return watch


def test_who_sleeps_rests(watching: Callable[[int], Quiescence]) -> None:
    with child(SLEEPS) as process:
        quiescence = watching(process.pid)
        quiescence.wait()
        assert quiescence.rests()
        assert QUIET_S <= waited_s(quiescence) < BUSY_S / 2
        quiescence.close()


def test_who_works_does_not(watching: Callable[[int], Quiescence]) -> None:
    with child(WORKS) as process:
        quiescence = watching(process.pid)
        assert waited_s(quiescence, most_s=0.1) >= 0.1
        assert not quiescence.rests()


def test_a_working_grandchild_does_not_rest(watching: Callable[[int], Quiescence]) -> None:
    with child(STARTS) as process:
        quiescence = watching(process.pid)
        quiescence.wait()
        assert quiescence.rests()
        assert process.stdin and process.stdout
        process.stdin.write("go\n")
        process.stdin.flush()
        process.stdout.readline()
        assert not quiescence.rests()
        assert waited_s(quiescence, most_s=0.1) >= 0.1


def test_an_own_thread_that_works_does_not_rest(watching: Callable[[int], Quiescence]) -> None:
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            pass

    thread = threading.Thread(target=work)
    with child(SLEEPS) as process:
        quiescence = watching(process.pid)
        thread.start()
        try:
            assert thread.native_id
            assert waited_s(quiescence, thread.native_id, most_s=0.1) >= 0.1
        finally:
            done.set()
            thread.join()


@pytest.mark.parametrize(("name", "works"), [("Compositor", False), ("worker", True)])
def test_only_a_restless_compositor_counts_as_rest(name: str, works: bool) -> None:
    with child(RESTLESS.replace("NAME", name)) as process:
        quiescence = Quiescence(process.pid)
        assert (waited_s(quiescence, most_s=1.0) >= 1.0) == works


def test_one_that_ended_rests(watching: Callable[[int], Quiescence]) -> None:
    with child(SLEEPS) as process:
        quiescence = watching(process.pid)
        quiescence.wait()
    quiescence.wait()
    assert quiescence.rests()


def test_the_number_of_open_files_is_limited(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / str(number)).write_text(f"{number}")
    files = KernelFiles(most=2)
    for _ in range(2):
        assert [files.read(f"{tmp_path}/{n}") for n in range(6)] == [
            b"0",
            b"1",
            b"2",
            b"3",
            b"4",
            b"",
        ]
        held = [handle.resolve().parent for handle in Path("/proc/self/fd").iterdir()]
        assert held.count(tmp_path) == 2
    files.close()
