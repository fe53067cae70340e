"""A process that has imported all that a render needs, and forks for each piece of work.

A fork begins at once, with the modules that are imported and without any of the users' code; when
it has ended, nothing that users' code did is left (`forge.project.child_process`). The process
itself has one thread, so that forking is safe.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Literal, NamedTuple, get_type_hints

from forge import errors
from forge.collector import collect_rarely
from forge.errors import ForgeError, MachineError

PR_SET_PDEATHSIG = 1
END_GRACE_S = 15.0  # more than `apart` waits for a fork to clean up
LOOK_S = 0.05  # seconds between two questions whether to go on


class Work(NamedTuple):
    """A function, as `module:name`, and what it is called with, besides `tell`.

    Its result must be data of the type that it is annotated with.
    """

    function: str
    given: tuple[Any, ...]
    limit_s: float  # the longest time without a sign of life


class _Message(NamedTuple):
    """What comes back: news of the work, its result, its error, or that it was stopped."""

    kind: Literal["news", "done", "failed", "stopped"]
    value: Any = None


class Stopped(Exception):
    """The work was stopped before its end."""


class WarmProcess:
    """The process, as its owner sees it. It starts with its first work, and again if it dies.

    `modules` are imported before its first work.
    """

    def __init__(self, modules: Sequence[str]) -> None:
        self._modules = tuple(modules)
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    def start(self) -> None:
        """Start the process, if it does not run; do not wait until it is warm."""
        if self._process is not None and self._process.is_alive():
            return
        self.close()
        pipe, own = Pipe()
        # Until it has a session of its own, the terminal's Ctrl-C would reach it, too.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        try:
            process = get_context("spawn").Process(
                target=_serve, args=(own, self._modules, os.getpid()), daemon=True
            )
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            own.close()
        self._process, self._pipe = process, pipe

    def do(
        self, work: Work, on_news: Callable[[Any], object], may_go_on: Callable[[], bool]
    ) -> Any:
        """Let a fork do `work`, and return the result.

        `on_news` is called with what the work tells, and `may_go_on` several times a second: if it
        returns False, the work is stopped, as by Ctrl-C.

        Raises:
            ForgeError: the work raised it, or its process died.
            Stopped: it was stopped.
        """
        self.start()
        assert self._pipe is not None
        try:
            self._pipe.send(work)
            stopping = False
            while True:
                if not stopping and not may_go_on():
                    self._interrupt()
                    stopping = True
                if self._pipe.poll(LOOK_S):
                    message: _Message = self._pipe.recv()
                    if message.kind == "news":
                        on_news(message.value)
                        continue
                    if stopping:
                        raise Stopped
                    return _result(message)
        except (EOFError, OSError) as problem:
            self.close()
            raise MachineError(
                "the process that plays has ended unexpectedly",
                hint="was it killed, or is the memory full? It starts again with the next change",
            ) from problem

    def close(self) -> None:
        """End the process, and what it has started."""
        process, self._process = self._process, None
        if process is None:
            return
        assert self._pipe is not None
        self._pipe.close()  # an idle one ends at that
        with suppress(ProcessLookupError):
            os.killpg(process.pid or 0, signal.SIGINT)
        process.join(END_GRACE_S)
        if process.is_alive():
            with suppress(ProcessLookupError):
                os.killpg(process.pid or 0, signal.SIGKILL)
            process.join()
        process.close()

    def _interrupt(self) -> None:
        """Send SIGINT to the process and to its fork, which cleans up."""
        assert self._process is not None and self._process.pid
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGINT)


def _result(message: _Message) -> Any:
    if message.kind == "done":
        return message.value
    kind, text, hint = message.value
    error: ForgeError = getattr(errors, kind).__new__(getattr(errors, kind))
    ForgeError.__init__(error, text, hint=hint)
    raise error


class _Worker:
    """The process itself. `busy`: a fork works, and SIGINT stops it."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe, self._busy = pipe, False
        self._telling = threading.Lock()  # several threads of a fork may tell news

    def serve(self) -> None:
        """Do one work after the other, until the owner has closed the pipe."""
        signal.signal(signal.SIGINT, self._interrupted)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
        with suppress(EOFError, OSError):
            while True:
                work: Work = self._pipe.recv()
                self._pipe.send(self._answer(work))

    def _answer(self, work: Work) -> _Message:
        try:
            self._busy = True
            return _Message("done", self._do(work))
        except KeyboardInterrupt:
            return _Message("stopped")
        except ForgeError as error:
            return _Message("failed", (type(error).__name__, error.message, error.hint))
        finally:
            self._busy = False

    def _do(self, work: Work) -> Any:
        from forge.project.child_process import apart

        module, _, name = work.function.partition(":")
        function = getattr(import_module(module), name)
        kind = get_type_hints(function)["return"]
        return apart(
            kind,
            lambda: function(*work.given, self._tell),
            "the project",
            silence_s=work.limit_s,
        )

    def _tell(self, news: Any) -> None:
        """Send news to the owner; called in a fork, in any of its threads."""
        with self._telling:
            self._pipe.send(_Message("news", news))

    def _interrupted(self, number: int, frame: object) -> None:
        if self._busy:
            raise KeyboardInterrupt


def _serve(pipe: Connection, modules: Sequence[str], parent: int) -> None:
    """Run the process: import `modules`, then do what comes through `pipe`."""
    os.setsid()
    # The owner may be killed; a fork then gets SIGINT from the kernel in the same way.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        return
    collect_rarely()
    for name in modules:
        import_module(name)
    sys.stdin = None
    _Worker(pipe).serve()
