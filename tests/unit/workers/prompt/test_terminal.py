"""The prompts in a terminal: ptpython, IPython, and Python's own."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.project import ROOT

pytestmark = pytest.mark.slow
LIMIT_S = 30.0
#: Runs the prompt that is named, in a process that has no other one.
PROGRAM = """
import sys
from forge.workers.prompt import consoles
print("the prompt", flush=True)
getattr(consoles, sys.argv[1])({"try_": lambda value: print("tried", value + 1)})
"""
CONTROLS = re.compile(rb"\x1b\[[0-9;?]* ?[a-zA-Z]|\x1b[\]=>][^\x07\x1b]*\x07?")
ASKS_FOR_PLACE, PLACE = b"\x1b[6n", b"\x1b[1;1R"


class Terminal:
    """A program in a terminal of its own, and all that it has written."""

    def __init__(self, folder: Path, *args: str) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "HOME": str(folder)}
        self.pid, self._file = pty.fork()
        if self.pid == 0:
            os.execve(sys.executable, [sys.executable, "-c", PROGRAM, *args], environment)
        self._written, self._found = b"", 0

    def type(self, text: str) -> None:
        os.write(self._file, text.encode())

    def until(self, pattern: str) -> None:
        """Read until `pattern` has been written behind what was found before, or fail."""
        until_s = time.monotonic() + LIMIT_S
        while not (found := re.compile(pattern).search(self.text, self._found)):
            assert time.monotonic() < until_s, self.text
            self._read()
        self._found = found.end()

    @property
    def text(self) -> str:
        """All that was written, without control sequences."""
        return CONTROLS.sub(b"", self._written).decode(errors="replace")

    def _read(self) -> None:
        if not select.select([self._file], [], [], 0.1)[0]:
            return
        try:
            part = os.read(self._file, 65_536)
        except OSError:  # the program has ended
            return
        if ASKS_FOR_PLACE in part:
            os.write(self._file, PLACE)
        self._written += part

    def end(self) -> int:
        """Return the exit code; the program must have ended, or be about to."""
        until_s = time.monotonic() + LIMIT_S
        while not (done := os.waitpid(self.pid, os.WNOHANG))[0]:
            if time.monotonic() > until_s:
                os.kill(self.pid, signal.SIGKILL)
            self._read()
        os.close(self._file)
        return os.waitstatus_to_exitcode(done[1])


@pytest.mark.parametrize(
    ("name", "module", "ready"),
    [
        ("_run_own", "code", ">>> "),
        ("_run_ipython", "IPython", r"In \[\d+\]: "),
        ("_run_ptpython", "ptpython", ">>>"),
    ],
)
def test_prompt_takes_try_and_survives_an_interrupt(
    name: str, module: str, ready: str, tmp_path: Path
) -> None:
    if not find_spec(module):
        pytest.skip(f"there is no {module}")
    terminal = Terminal(tmp_path, name)
    terminal.until(ready)
    terminal.type("try 6 * 7\r")
    terminal.until("tried 43")
    terminal.until(ready)
    # In many short sleeps: a signal that comes just before one begins is noticed after it.
    terminal.type("import time; print('sle' + 'eps'); [time.sleep(0.1) for _ in range(600)]\r")
    terminal.until("sleeps")
    terminal.type("\x03")
    terminal.until("KeyboardInterrupt")
    terminal.type("exit()\r")
    assert terminal.end() == 0
