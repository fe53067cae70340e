"""Start a server for a slot, and wait until it is ready."""

from __future__ import annotations

import time

from forge.adapters.place import Place
from forge.adapters.programs import Program, Running, start
from forge.adapters.readiness import Readiness, accepts
from forge.errors import AdapterError

LOOK_S = 0.02
TRIES = 3  # each with another free port
TAKEN = ("address already in use", "eaddrinuse", "already in use")


class Server:
    """A program that serves an app. `url` is its address, without a slash at the end."""

    def __init__(self, running: Running, url: str) -> None:
        self.running, self.url = running, url

    def end(self) -> None:
        """End the program, and all that it has started."""
        self.running.end()


def serve(slot: Place, program: Program) -> Server:
    """Start `program` and return its server when it is ready.

    Raises:
        AdapterError: it does not start, ends, or is not ready in time.
    """
    readiness = Readiness(program.ready, program.where)
    if program.port and accepts(program.port):
        raise AdapterError(
            f"{program.where}: port {program.port} is taken by another program",
            hint="end that program; or give the app a port of its own with {port}",
        )
    for left in reversed(range(TRIES)):
        port = program.port or (slot.free_port() if program.takes_port else None)
        running = start(slot, program, port)
        try:
            return Server(running, _await(running, program, readiness, port))
        except BaseException as problem:
            running.end()
            lost = program.takes_port and any(word in running.said().lower() for word in TAKEN)
            if not (lost and left and isinstance(problem, AdapterError)):
                raise  # else another process took the free port in between
    raise AssertionError("the last try returns or raises")


def _await(running: Running, program: Program, readiness: Readiness, port: int | None) -> str:
    """Return the address of the server once it is ready.

    Raises:
        AdapterError: it ended, or was not ready in time.
    """
    deadline = time.monotonic() + program.timeout_s
    while True:
        url = readiness.url(running.said, port, deadline)
        # After the look: another program may answer at the port of one that has ended.
        if (code := running.exit_code) is not None:
            stay = "" if code else "a server must stay in the foreground; "
            raise AdapterError(
                f"{program.where}: {program.command[0]} ended with exit code {code}"
                " before it was ready",
                hint=stay + running.tail(),
            )
        if url is not None:
            return url
        if time.monotonic() > deadline:
            raise AdapterError(
                f"{program.where}: {readiness.lacks(port)} within {program.timeout_s:g} s",
                hint=running.tail(),
            )
        time.sleep(LOOK_S)
