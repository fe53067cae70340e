"""Workers on other hosts, started over ssh and ended with this process.

Each ssh gets a pipe as its stdin. Its end, which the kernel makes when this process ends in any
way, reaches the worker, and the worker ends; then ssh has nothing left to do.
"""

from __future__ import annotations

import os
import random
import socket
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from subprocess import PIPE, STDOUT, Popen

from forge.cluster.ssh_hosts import SSH, Ended, Host, Ports, ssh_command
from forge.model.hosts import LOOPBACK, READY
from forge.text.redact import without_secrets
from forge.workers.hello import time_zone

PATIENCE_S = 60.0
GRACE_S = 10.0
TRIES = 5  # with other ports
PORTS = range(20_000, 32_000)  # below those that kernels give to outgoing connections
PAUSE_S, LONGEST_PAUSE_S = 2.0, 60.0
LINES = 20


class SshWorkers:
    """The workers on `hosts`, one thread for each. A context manager that ends them.

    `scheduler` is the port of the scheduler on loopback. A worker that was there and is lost is
    started again, until the end. `program` is ssh, with options.
    """

    def __init__(self, hosts: Sequence[Host], scheduler: int, program: Sequence[str] = SSH) -> None:
        self._links = {host.name: _Link(host, scheduler, program) for host in hosts}

    def __enter__(self) -> SshWorkers:
        for link in self._links.values():
            link.start()
        return self

    def __exit__(self, *_: object) -> None:
        links = self._links.values()
        for link in links:
            link.hang_up()
        for link in links:
            link.end()

    def wait(self, patience_s: float = PATIENCE_S) -> dict[str, str]:
        """Wait until each worker is ready or cannot be; return why those that are not are not.

        A host that is not ready after `patience_s` seconds is given up.
        """
        deadline = threading.Timer(patience_s, self._give_up)
        deadline.start()
        try:
            for link in self._links.values():
                link.known.wait()
        finally:
            deadline.cancel()
        return {name: link.why for name, link in self._links.items() if link.why}

    def why(self, name: str) -> str:
        """Return why the worker on the host `name` is not there; "" if it is."""
        return self._links[name].why

    def _give_up(self) -> None:
        for link in self._links.values():
            if not link.known.is_set():
                link.give_up("it did not answer in time")


class _Link:
    """The ssh to one host. `known` is set when its worker is ready, or will not be (`why`)."""

    def __init__(self, host: Host, scheduler: int, program: Sequence[str]) -> None:
        self._host, self._scheduler, self._program = host, scheduler, program
        self.why = f"{host.name} is not ready yet"
        self.known = threading.Event()
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._process: Popen[str] | None = None
        self._thread = threading.Thread(target=self._run, name=f"ssh-{host.name}", daemon=True)

    def start(self) -> None:
        """Start ssh, in a thread."""
        self._thread.start()

    def hang_up(self) -> None:
        """Let the worker end, and start no other one. Does not wait."""
        with self._lock:
            self._over.set()
            if self._process and self._process.stdin:
                with suppress(OSError):
                    self._process.stdin.close()

    def end(self) -> None:
        """Wait for the end; after GRACE_S, end ssh itself."""
        self._thread.join(GRACE_S)
        if self._thread.is_alive() and self._process:
            self._process.kill()
            self._thread.join()

    def give_up(self, why: str) -> None:
        """End it for good, and remember why."""
        self.hang_up()
        self.why = f"{self._host.name}: {why}"
        self.known.set()

    def _run(self) -> None:
        pause_s = PAUSE_S
        try:
            while not self._over.is_set():
                ended = self._once_with_free_ports()
                if not self._over.is_set():
                    self.why = ended.why(self._host)
                if not self.known.is_set():
                    break  # it never came: the batch begins without it
                pause_s = PAUSE_S if ended.was_ready else min(2 * pause_s, LONGEST_PAUSE_S)
                self._over.wait(pause_s)
        finally:
            self.known.set()

    def _once_with_free_ports(self) -> Ended:
        for _ in range(TRIES):
            ended = self._once()
            if not ended.ports_taken or self._over.is_set():
                break
        return ended

    def _once(self) -> Ended:
        """Run ssh until it ends."""
        command = ssh_command(self._host, self._ports(), time_zone(), self._program)
        with self._lock:
            if self._over.is_set():
                return Ended(0, ())
            try:
                # In a session of its own: Ctrl-C is for the batch, which may go on for a while.
                self._process = Popen(
                    command,
                    stdin=PIPE,
                    stdout=PIPE,
                    stderr=STDOUT,
                    text=True,
                    errors="replace",
                    env=without_secrets(os.environ),
                    start_new_session=True,
                )
            except OSError as problem:
                return Ended(255, [f"{self._program[0]} cannot be started: {problem.strerror}"])
        return self._followed(self._process)

    def _followed(self, process: Popen[str]) -> Ended:
        lines: deque[str] = deque(maxlen=LINES)
        was_ready = False
        assert process.stdout and process.stdin
        for line in process.stdout:
            if line.strip() == READY:
                self.why, was_ready = "", True
                self.known.set()
            elif line.strip():
                lines.append(line.strip())
        code = process.wait()
        process.stdout.close()
        with suppress(OSError):
            process.stdin.close()
        return Ended(code, [*lines], was_ready)

    def _ports(self) -> Ports:
        there = random.SystemRandom().sample(PORTS, 2)
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            here = int(probe.getsockname()[1])
        return Ports(self._scheduler, there[0], here, there[1])
