"""Start a server for a slot, wait until it is ready, and end it with all that it started.

A server belongs to the process session of its worker and has TMPDIR in its slot, so it is found
and ended even if the worker is killed (`forge.workers.guard`).
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from forge.adapters.app_environment import environment
from forge.adapters.readiness import Readiness
from forge.errors import AdapterError
from forge.text.placeholders import UnknownPlaceholder, fill, names_in
from forge.text.redact import without_passwords

if TYPE_CHECKING:
    from forge.adapters.place import Place

LOOK_S = 0.02
TERM_GRACE_S = 3.0
KILL_GRACE_S = 5.0
TRIES = 3  # each with another free port
TAKEN = ("address already in use", "eaddrinuse", "already in use")
TAIL_LINES, TAIL_CHARACTERS = 15, 4000


@dataclass(frozen=True)
class Program:
    """How a server is started. `values` are those of more placeholders.

    `port` is that of a program which cannot be told one. `where` names the command in messages.
    """

    command: tuple[str, ...]
    ready: str = "/"
    timeout_s: float = 60.0
    cwd: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    name: str = "app"
    port: int | None = None
    log: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    where: str = "the command"

    @property
    def takes_port(self) -> bool:
        """True if the program is told its port."""
        return "port" in names_in((*self.command, *self.env.values()))


class Server:
    """A program that serves an app for one slot.

    Attributes:
        url: its address, without a slash at the end.
        log: the file with what it prints.
    """

    def __init__(self, process: subprocess.Popen[bytes], log: Path, log_from: int) -> None:
        self.url = ""
        self.log = log
        self._process, self._log_from = process, log_from

    @property
    def exit_code(self) -> int | None:
        """The exit code of the program; None while it runs."""
        return self._process.poll()

    def said(self) -> str:
        """Return what the program has printed since its start."""
        with self.log.open("rb") as file:
            file.seek(self._log_from)
            return file.read().decode("utf-8", "replace")

    def tail(self) -> str:
        """Return where the log is, and its last lines."""
        lines = without_passwords(self.said()[-TAIL_CHARACTERS:]).split("\n")[-TAIL_LINES:]
        text = "\n".join(lines).strip()
        return f"its log {self.log} ends:\n{text}" if text else f"it printed nothing to {self.log}"

    def end(self) -> None:
        """End the program and all that it has started: ask first, then kill."""
        with suppress(psutil.Error):
            leader = psutil.Process(self._process.pid)
            others = [leader, *leader.children(recursive=True)]
            self._signal(signal.SIGTERM, others)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(TERM_GRACE_S)
            self._signal(signal.SIGKILL, others)
        self._process.wait(KILL_GRACE_S)

    def _signal(self, number: signal.Signals, others: list[psutil.Process]) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)  # those too whose parent has ended
        for other in others:
            with suppress(psutil.Error):
                other.send_signal(number)


def serve(slot: Place, program: Program) -> Server:
    """Start `program` and return its server when it is ready.

    Raises:
        AdapterError: it does not start, ends, or is not ready in time.
    """
    readiness = Readiness(program.ready, program.where)
    for left in reversed(range(TRIES)):
        port = program.port or (slot.free_port() if program.takes_port else None)
        server = _started(slot, program, port)
        try:
            _await(server, program, readiness, port)
            return server
        except BaseException as problem:
            server.end()
            lost = program.takes_port and any(word in server.said().lower() for word in TAKEN)
            if not (lost and left and isinstance(problem, AdapterError)):
                raise  # else another process took the free port in between
    raise AssertionError("the last try returns or raises")


def _started(slot: Place, program: Program, port: int | None) -> Server:
    values = {"slot": str(slot.index), "dir": str(slot.dir), **program.values}
    if port is not None:
        values["port"] = str(port)
        _refuse_taken(program, port)
    try:
        words = [fill(word, values) for word in program.command]
        env = {name: fill(text, values) for name, text in program.env.items()}
        cwd = slot.project_dir / fill(program.cwd, values)
        log = _log_file(slot, program, values)
    except UnknownPlaceholder as problem:
        known = ", ".join(f"{{{name}}}" for name in sorted({*values, "port"}))
        raise AdapterError(
            f"{program.where}: unknown placeholder {{{problem.name}}}",
            hint=f"known: {known}; {{{{ is a brace",
        ) from problem
    if not cwd.is_dir():
        raise AdapterError(f"{program.where}: there is no folder {cwd} to start it in")
    with log.open("ab") as output:
        log_from = output.tell()
        try:
            # In the session of the worker, so that it ends with it; in a process group of its own,
            # so that it can be ended alone. Not into a pipe: a full one stops the program.
            process = subprocess.Popen(
                words,
                cwd=cwd,
                env=environment(slot, env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        except (OSError, ValueError) as problem:
            raise AdapterError(
                f"{program.where}: {words[0]} cannot be started: {problem}",
                hint="install it, or write its path",
            ) from problem
    return Server(process, log, log_from)


def _log_file(slot: Place, program: Program, values: Mapping[str, str]) -> Path:
    name = fill(program.log, values) or f"{program.name}-{slot.index}.log"
    folder = slot.project_dir if program.log else (slot.log_dir or slot.dir)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    return path


def _refuse_taken(program: Program, port: int) -> None:
    if program.port and Readiness.accepts(port):
        raise AdapterError(
            f"{program.where}: port {port} is taken by another program",
            hint="end that program; or give the app a port of its own with {port}",
        )


def _await(server: Server, program: Program, readiness: Readiness, port: int | None) -> None:
    """Set the address of `server` once it is ready.

    Raises:
        AdapterError: it ended, or was not ready in time.
    """
    deadline = time.monotonic() + program.timeout_s
    while True:
        code = server.exit_code  # before the look: another program may have the port of a dead one
        url = readiness.url(server.said, port, deadline)
        if code is not None:
            raise AdapterError(
                f"{program.where}: {program.command[0]} ended with exit code {code}"
                " before it was ready",
                hint=server.tail(),
            )
        if url is not None:
            server.url = url
            return
        if time.monotonic() > deadline:
            raise AdapterError(
                f"{program.where}: {readiness.lacks(port)} within {program.timeout_s:g} s",
                hint=server.tail(),
            )
        time.sleep(LOOK_S)
