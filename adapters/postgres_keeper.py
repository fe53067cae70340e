"""`python -m forge.adapters.postgres_keeper NAME`: drop a database as soon as its worker has ended.

The first line of standard input is the server's address, because other users can read a command
line. Standard input stays open as long as the worker lives. The process is in no session of a
worker and has no mark of one (`forge.workers.guard`), so a SIGKILL of all that belongs to the
worker leaves it alone. If it is killed itself, the next `PostgresTemplate.fresh` on that server
drops the database.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import IO

TRIES, PAUSE_S = 50, 0.1  # the server needs a moment to notice that a connection has ended


class Keeper:
    """The process that drops the database `name` when this process ends without `end`."""

    def __init__(self, name: str, address: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "forge.adapters.postgres_keeper", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if name != "TMPDIR"},
            start_new_session=True,
            text=True,
        )
        assert self._process.stdin, "it was asked for"
        with suppress(OSError):  # it has ended: then the next `fresh` drops the database
            self._process.stdin.write(f"{address}\n")
            self._process.stdin.flush()

    def end(self, *, dropped: bool) -> None:
        """End it; unless the database is `dropped`, wait until it has done that."""
        if dropped:
            self._process.kill()
        try:
            self._process.communicate(timeout=2 * TRIES * PAUSE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()


def keep(name: str, told: IO[str]) -> None:
    """Wait until `told` ends, then drop the database `name`, if it is still there."""
    address = told.readline().rstrip("\n")
    told.read()
    from forge.adapters.postgres_server import connect, exists, sweep

    with connect(address) as server:
        for _ in range(TRIES):
            sweep(server)
            if not exists(server, name):
                return
            time.sleep(PAUSE_S)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: it ends with the worker
    keep(sys.argv[1], sys.stdin)
