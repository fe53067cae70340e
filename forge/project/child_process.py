"""Run users' code in a child process, which sends back plain data.

Tutorials, adapters and voices are programs. Loading one may end the process, close its streams,
replace builtins or leave threads behind. In a child process none of this harms the parent, which
writes the ledger and the reports.

The child is forked: a new interpreter would need half a second to import the same modules. Forking
a process that has threads is unsafe, so all of this happens before forge starts any.
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
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, TypeAdapter

from forge import errors
from forge.errors import ForgeError, MachineError, ProjectError
from forge.model.validators import make_validators
from forge.project import load_module
from forge.project.message_pipe import MessagePipe
from forge.store.crash_file import keep_trace
from forge.text.sanitize import clean, message_of

LOOK_S = 0.05  # seconds between checks for the child's end: its pipe may stay open after it
LOOK_AGAIN_S = 0.001  # seconds between checks for the end of a process that is about to end
GRACE_S = 10.0  # seconds that the child has to clean up after Ctrl-C; a second Ctrl-C kills it
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
SWEEPS = 20  # rounds: this process inherits the children of those that it kills
LOADS, GIVES, RAISES = b"@", b"=", b"!"  # first byte of a message: loads a file, returns, raises

T = TypeVar("T")
_exit = os._exit  # users' code may replace it


class _Failure(BaseModel, defer_build=True):
    """An error in the child. `kind` is the class if it is a `ForgeError`, else empty."""

    kind: str = ""
    message: str
    hint: str = ""
    trace: str = ""


# Now, because users' code may replace what that needs.
make_validators(_Failure)


def apart(
    kind: Any,
    do: Callable[[], T],
    what: str,
    *,
    silence_s: float,
    meanwhile: Callable[[], object] = lambda: None,
) -> T:
    """Call `do` in a child process and return its result, plain data of the type `kind`.

    `what` names the code in messages until one of the user's files is loaded. `silence_s` is the
    time limit between two loaded files, and after the last. Processes that `do` starts are ended
    with the child. `meanwhile()` is called in this process once the child has begun.

    Raises:
        ForgeError: `do` raised it; or the child ended, was silent for too long or could not be
            started.
    """
    at = what
    with _no_descendants():
        pipe, pid = _fork(TypeAdapter(kind), do)
        try:
            reader = _reader(kind)
            meanwhile()
            for message in _messages(pipe, pid, silence_s):
                if message.startswith(GIVES):
                    result: T = reader.validate_json(message[1:])
                    return result
                if message.startswith(RAISES):
                    raise _error(_Failure.model_validate_json(message[1:]), at)
                if not message.startswith(LOADS):
                    break
                at = os.fsdecode(message[1:])
        finally:
            pipe.close_reading()
            how = _end(pid)
    raise ProjectError(
        f"{at}: the process that loaded it gave no answer ({how})",
        hint="does it call os._exit, close files of other code, use a library that crashes,"
        f" or take more than {silence_s:g} s?",
    )


@contextmanager
def _no_descendants() -> Iterator[None]:
    """Kill every process that was started in the block and still runs when the block ends.

    During the block this process is a "child subreaper" (Linux): orphans among its descendants
    become its children, and not children of the system's first process.
    """
    before = _children()
    _adopt_orphans(True)
    try:
        yield
    finally:
        for _ in range(SWEEPS):
            left = _children() - before
            for pid in left:
                with suppress(OSError):  # it has changed its user
                    os.kill(pid, signal.SIGKILL)
            deadline_s = time.monotonic() + GRACE_S
            reaped = [pid for pid in left if _reaped(pid, deadline_s)]
            if not reaped:
                break
        _adopt_orphans(False)


def _children() -> set[int]:
    """Return the processes whose parent is this one. (`psutil` takes 15 ms to import.)"""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:  # there is none: no need to look at all processes
        return set()
    own, found = os.getpid(), set()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):  # it has ended
                # `PID (NAME) STATE PARENT …`, and a name may have parentheses in it
                _, _, rest = (folder / "stat").read_bytes().rpartition(b")")
                if int(rest.split()[1]) == own:
                    found.add(int(folder.name))
    return found


def _reaped(pid: int, deadline_s: float) -> bool:
    """Wait for the end of a killed process; return True if it has ended."""
    while time.monotonic() < deadline_s:
        try:
            if os.waitpid(pid, os.WNOHANG)[0]:
                return True
        except ChildProcessError:  # reaped by other code
            return True
        time.sleep(LOOK_AGAIN_S)
    return False


def _adopt_orphans(adopt: bool) -> None:
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, int(adopt))


def _reader(kind: Any) -> TypeAdapter[Any]:
    """Return what reads answers. It is made while there is time, before an answer is there."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        kind.model_rebuild()
    return TypeAdapter(kind)


def _fork(kind: TypeAdapter[T], do: Callable[[], T]) -> tuple[MessagePipe, int]:
    _flush()  # text still in the buffers would be written by both processes
    pipe = MessagePipe()
    parent = os.getpid()
    try:
        pid = os.fork()
    except OSError as problem:
        pipe.keep_reading()
        pipe.close_reading()
        raise MachineError(f"no process can be started: {problem.strerror}") from problem
    if pid == 0:
        try:
            pipe.keep_writing()
            _answer(kind, do, pipe, parent)
        finally:
            _exit(1)
    pipe.keep_reading()
    return pipe, pid


def _answer(kind: TypeAdapter[T], do: Callable[[], T], pipe: MessagePipe, parent: int) -> NoReturn:
    """Call `do` and send the answer, in the child, and end it.

    `os._exit` ends all of its threads and calls no `atexit` function of the users' code.
    """
    pid = os.getpid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)
    if os.getppid() != parent:
        _exit(1)  # the parent died before PR_SET_PDEATHSIG took effect
    load_module.call_on_load(lambda path: pipe.send(LOADS + os.fsencode(path)))
    try:
        answer = GIVES + kind.dump_json(do())
    except BaseException as error:
        answer = RAISES + _failure(error).model_dump_json().encode()
    _flush()
    if os.getpid() == pid:  # not in a fork made by users' code, which also returns from `do`
        pipe.send(answer)
    _exit(0)


def _failure(error: BaseException) -> _Failure:
    if isinstance(error, ForgeError):
        return _Failure(kind=type(error).__name__, message=error.message, hint=error.hint)
    message = clean(f"{type(error).__name__}: {message_of(error)}")
    return _Failure(message=message, trace=clean("".join(traceback.format_exception(error))))


def _error(failure: _Failure, at: str) -> ForgeError:
    if failure.kind:
        kind: type[ForgeError] = getattr(errors, failure.kind)
        error = kind.__new__(kind)  # constructors of some kinds need more than a message
        ForgeError.__init__(error, failure.message, hint=failure.hint)
        return error
    return ProjectError(
        f"{at}: after it was loaded, forge itself failed in that process: {failure.message}",
        hint=f"does it replace builtins or standard modules? {keep_trace(failure.trace)}",
    )


def _messages(pipe: MessagePipe, pid: int, silence_s: float) -> Iterator[bytes]:
    """Yield the child's messages until it ends, or is silent for `silence_s` seconds.

    The pipe may stay open after the child's end, because a process that it started holds it.
    """
    ended, heard_s = False, time.monotonic()
    while not ended and time.monotonic() - heard_s < silence_s:
        ended = _has_ended(pid)
        while pipe.waits(0 if ended else LOOK_S):
            try:
                yield pipe.receive()
            except (EOFError, OSError, OverflowError):  # closed, or users' code wrote into it
                return
            heard_s = time.monotonic()


def _has_ended(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None


def _end(pid: int) -> str:
    """Wait for the child's end, GRACE_S at most, and return how it ended, in words."""
    deadline_s = time.monotonic() + GRACE_S
    ended = False
    try:
        while not (ended := _has_ended(pid)) and time.monotonic() < deadline_s:
            time.sleep(LOOK_AGAIN_S)
    finally:
        if not ended:
            os.kill(pid, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if not ended:
        return "it did not end by itself"
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # users' code may have closed or replaced it
            stream.flush()
