"""Users' code runs apart: in a child process, which hands back plain data.

Tutorials, adapters and voices are programs. To load one may end the process, close its streams,
replace what Python is made of, or leave threads behind: the child's, not those of the process
that keeps the ledger and writes the reports.

The child is a fork, not a new interpreter, which would take half a second to come to where we are.
A process that has threads should not be forked: all of this is done before there are any.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, NoReturn, TypeVar

import psutil
from pydantic import BaseModel, TypeAdapter

from forge import errors
from forge.errors import ForgeError, MachineError, ProjectError
from forge.project import load_module
from forge.store.crash_file import keep_trace
from forge.text.sanitize import clean, said

LOOK_S = 0.05  # how soon it is noticed that the child has ended, when it has left its pipe open
GRACE_S = 10.0  # for the child to clear up, after Ctrl-C; a second one ends it
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
SWEEPS = 20  # the children of what is killed become ours in their turn
LOADS, GIVES, RAISES = b"@", b"=", b"!"  # how a message of the child's begins

T = TypeVar("T")
_exit = os._exit  # users' code may replace it


class _Failure(BaseModel):
    """An error of the child's: the class of a `ForgeError`, or none, and what it says."""

    kind: str = ""
    message: str
    hint: str = ""
    trace: str = ""


def apart(kind: Any, do: Callable[[], T], what: str, *, silence_s: float) -> T:
    """Call `do` in a child process; returns what it returns, which is `kind`, a type of plain data.

    `what` it is about is said when the child gives no answer; `silence_s` (s) is how long it may
    take from one of the users' files to the next.

    Nothing that was started meanwhile outlives it.

    Raises:
        ForgeError: what `do` raised; or that it ended, or spoilt, the process it was called in; or
            that there is no room for another process.
    """
    at, told = what, b""
    with _no_descendants():
        answer, pid = _fork(TypeAdapter(kind), do)
        try:
            for message in _messages(answer, pid, silence_s):
                if message.startswith(LOADS):
                    at = os.fsdecode(message[1:])
                else:
                    told = message
                    break
        finally:
            answer.close()
            how = _end(pid)
    if told.startswith(GIVES):
        result: T = TypeAdapter(kind).validate_json(told[1:])
        return result
    if told.startswith(RAISES):
        raise _error(_Failure.model_validate_json(told[1:]), at)
    raise ProjectError(
        f"{at}: the process that it runs in gave no answer ({how})",
        hint="does it call os._exit, close files that are not its own, use a library that crashes,"
        f" or take more than {silence_s:g} s?",
    )


@contextmanager
def _no_descendants() -> Iterator[None]:
    """End what was started in the block and is still there when it ends.

    Whose parent has ended becomes our child, and no longer that of the system's first process.
    """
    own = psutil.Process()
    before = set(own.children())
    _adopt_orphans(True)
    try:
        yield
    finally:
        for _ in range(SWEEPS):
            left = set(own.children()) - before
            for process in left:
                with suppress(psutil.Error):  # it has ended, or is another user's by now
                    process.kill()
            gone, _ = psutil.wait_procs(left, timeout=GRACE_S)
            if not gone:
                break
        _adopt_orphans(False)


def _adopt_orphans(adopt: bool) -> None:
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, int(adopt))


def _fork(kind: TypeAdapter[T], do: Callable[[], T]) -> tuple[Connection, int]:
    _flush()  # what waits in buffers would be written twice
    answer, own = Pipe(duplex=False)
    parent = os.getpid()
    try:
        pid = os.fork()
    except OSError as problem:
        raise MachineError(f"no process can be started: {problem.strerror}") from problem
    if pid == 0:
        try:
            answer.close()
            _answer(kind, do, own, parent)
        finally:
            _exit(1)
    own.close()
    return answer, pid


def _answer(kind: TypeAdapter[T], do: Callable[[], T], own: Connection, parent: int) -> NoReturn:
    """The child: it ends here, with all of its threads, and without any `atexit` function."""
    pid = os.getpid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)
    if os.getppid() != parent:
        _exit(1)  # it died before we could ask to be told
    load_module.on_load[:] = [lambda path: own.send_bytes(LOADS + os.fsencode(path))]
    try:
        answer = GIVES + kind.dump_json(do())
    except BaseException as error:
        answer = RAISES + _failure(error).model_dump_json().encode()
    _flush()
    if os.getpid() == pid:  # and not a fork of the user's, which has come here too
        own.send_bytes(answer)
    _exit(0)


def _failure(error: BaseException) -> _Failure:
    if isinstance(error, ForgeError):
        return _Failure(kind=type(error).__name__, message=error.message, hint=error.hint)
    message = clean(f"{type(error).__name__}: {said(error)}")
    return _Failure(message=message, trace=clean("".join(traceback.format_exception(error))))


def _error(failure: _Failure, at: str) -> ForgeError:
    if failure.kind:
        kind: type[ForgeError] = getattr(errors, failure.kind)
        error = kind.__new__(kind)  # whatever else its own constructor asks for
        ForgeError.__init__(error, failure.message, hint=failure.hint)
        return error
    return ProjectError(
        f"{at}: after it was loaded, forge itself failed in that process: {failure.message}",
        hint=f"does it replace what Python is made of? {keep_trace(failure.trace)}",
    )


def _messages(answer: Connection, pid: int, silence_s: float) -> Iterator[bytes]:
    """What the child says until it ends, or is silent for too long.

    Its end is not that of the pipe: a process that it has left behind may hold on to that.
    """
    ended, heard_s = False, time.monotonic()
    while not ended and time.monotonic() - heard_s < silence_s:
        ended = _has_ended(pid)
        while answer.poll(0 if ended else LOOK_S):
            try:
                yield answer.recv_bytes()
            except (EOFError, OSError):  # closed, or users' code has written into it
                return
            heard_s = time.monotonic()


def _has_ended(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None


def _end(pid: int) -> str:
    """Reap the child, and say how it ended; after Ctrl-C it may still be clearing up."""
    deadline_s = time.monotonic() + GRACE_S
    ended = False
    try:
        while not (ended := _has_ended(pid)) and time.monotonic() < deadline_s:
            time.sleep(0.01)
    finally:
        if not ended:
            os.kill(pid, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if not ended:
        return "it did not end by itself"
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # users' code may have closed it, or put something else there
            stream.flush()
