"""Speaker programs (see `speaker`), which speak the lines of espeak-ng's voices.

This module loads quickly, so that a worker can start one beside its own imports.
"""

from __future__ import annotations

import atexit
import json
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue
from select import select
from subprocess import DEVNULL, PIPE, Popen
from typing import Any

from forge.errors import ForgeError, MachineError, SpeechError

ENGINE = "pyttsx3"
SPEAKER = Path(__file__).with_name("speaker.py")
GRACE_S = 5.0  # a speaker program ends a line that takes too long by itself
ENGINE_HINT = "install espeak-ng: `apt-get install libespeak-ng1`, or use --voice silent"


class Speakers:
    """Speaker programs: one for each line that is spoken at the same time, kept for the next."""

    def __init__(self) -> None:
        self._idle: SimpleQueue[Popen[str]] = SimpleQueue()

    def begin(self) -> None:
        """Start a program for the next request, which then need not wait for its start."""
        with suppress(OSError):  # the request will try again, and report it
            self._idle.put(_started())

    def ask(self, request: dict[str, Any], limit_s: float) -> Any:
        """Return the answer of a speaker program; it may take `limit_s`.

        Raises:
            MachineError: espeak-ng is not installed.
            SpeechError: the program reported an error, died, or took longer than `limit_s`.
        """
        program = self._next()
        try:
            answer = _exchange(program, {**request, "limit_s": limit_s} if request else {}, limit_s)
        except BaseException:
            _end(program)
            raise
        self._idle.put(program)
        if "error" in answer:
            raise _error(answer, limit_s)
        return answer["ok"]

    def close(self) -> None:
        """End the programs."""
        with suppress(Empty):
            while True:
                _end(self._idle.get_nowait())

    def _next(self) -> Popen[str]:
        try:
            return self._idle.get_nowait()
        except Empty:
            return _started()


@cache
def shared_speakers() -> Speakers:
    """Return the speaker programs of this process, for all of its voices and jobs."""
    speakers = Speakers()
    atexit.register(speakers.close)
    return speakers


def _started() -> Popen[str]:
    command = [sys.executable, "-P", str(SPEAKER)]
    return Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, text=True)


def _exchange(program: Popen[str], request: dict[str, Any], limit_s: float) -> dict[str, Any]:
    """Send a request; return the answer."""
    assert program.stdin and program.stdout
    try:
        print(json.dumps(request), file=program.stdin, flush=True)
        if not select([program.stdout], [], [], limit_s + GRACE_S)[0]:
            raise _too_late(limit_s)
        answer: dict[str, Any] = json.loads(program.stdout.readline())
    except (OSError, ValueError) as problem:
        code = program.poll()
        message = f"the voice's program ended: exit code {code}"
        raise SpeechError(message, transient=True) from problem
    return answer


def _end(program: Popen[str]) -> None:
    program.kill()  # a line that hangs in a fork of it is ended by its own timer
    with program:  # closes the pipes
        pass


def _too_late(limit_s: float) -> SpeechError:
    return SpeechError(f"the voice did not answer within {limit_s:g} s", transient=True)


def _error(answer: dict[str, str], limit_s: float) -> ForgeError:
    kind, message = answer["error"], answer["message"]
    if kind == "LookupError":
        return MachineError(message, hint=ENGINE_HINT)
    if kind == "TimeoutError":
        return _too_late(limit_s)
    if kind == "ChildProcessError":
        return SpeechError(f"the voice's process ended with {message}", transient=True)
    return SpeechError(message)
