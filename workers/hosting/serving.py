"""`forge worker`: offer lanes of this host to the batches of other machines."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import threading
from collections.abc import Awaitable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import dask
from distributed import Worker
from distributed.comm.addressing import get_address_host
from distributed.core import Status
from distributed.utils import get_ip

from forge.errors import MachineError, UsageError
from forge.model.hosts import READY
from forge.store.private import make_folder
from forge.text.sanitize import message_of
from forge.workers.hosting.link import CONFIG, security_of
from forge.workers.hosting.plugin import HostLanes

CONNECT_S = 60.0  # the longest wait for a scheduler that must be there
DIAL_AGAIN_S = 2.0  # between two attempts


@dataclass(frozen=True)
class Service:
    """What a host offers, and to which scheduler.

    `listen` is `HOST[:PORT]`, where the scheduler reaches this host; `contact` is the address that
    the scheduler is told, if it is another one. `key` is a PEM file with key and certificate.
    `once`: end with the connection, or with the end of stdin, as a command that ssh has started.
    """

    address: str
    lanes: int
    name: str
    folder: Path
    listen: str | None = None
    contact: str | None = None
    key: Path | None = None
    once: bool = False


def serve(service: Service) -> None:
    """Offer lanes until a signal comes; dial again when the scheduler has gone.

    Raises:
        MachineError: the folder or the port cannot be used; with `once`, the scheduler does not
            answer.
    """
    logging.getLogger("distributed").setLevel(
        logging.CRITICAL + 1
    )  # forge says it in its own words
    with dask.config.set(CONFIG):
        asyncio.run(_Server(service).run())


class _Server:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._stopped = asyncio.Event()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        make_folder(self._service.folder)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self._stopped.set)
        if self._service.once:
            threading.Thread(target=self._await_end_of_input, args=(loop,), daemon=True).start()
        while not self._stopped.is_set():
            began_s = loop.time()
            await self._connect()
            if self._service.once:
                return
            if not self._stopped.is_set():
                _say(f"{self._service.address} has gone away; dialling again")
                left_s = began_s + DIAL_AGAIN_S - loop.time()
                await _first(self._stopped.wait(), asyncio.sleep(max(0.0, left_s)))

    def _await_end_of_input(self, loop: asyncio.AbstractEventLoop) -> None:
        # Not by `sys.stdin`, whose lock Python wants at its end.
        while os.read(0, 1024):
            pass
        loop.call_soon_threadsafe(self._stopped.set)

    async def _connect(self) -> None:
        """Serve until the connection to the scheduler or this process ends."""
        worker = self._worker()
        try:
            starting = asyncio.ensure_future(worker.start())
            await _first(starting, self._stopped.wait())
            if not self._stopped.is_set():
                _say(READY)
                await _first(worker.finished(), self._stopped.wait())
        except RuntimeError as problem:  # Dask has put the cause behind it
            self._explain(problem.__cause__ or problem)
        except TimeoutError as problem:
            self._explain(problem)
        finally:
            # A close that was cancelled half way is not finished by a second one, which would wait.
            if worker.status not in (Status.closing, Status.closed, Status.failed):
                await worker.close(reason="forge-worker-ends")

    def _worker(self) -> Worker:
        service = self._service
        scheduler = get_address_host(service.address)
        host, port = place_of(service.listen) if service.listen else (get_ip(scheduler), 0)
        return Worker(
            service.address,
            name=service.name,
            nthreads=service.lanes,
            memory_limit=0,  # Dask would count this process, and no browser
            local_directory=str(service.folder / "dask"),
            host=host,
            port=port,
            contact_address=service.contact,
            death_timeout=CONNECT_S if service.once else None,
            plugins=(HostLanes(service.folder, closes=True),),
            dashboard=False,
            security=security_of(service.key),
        )

    def _explain(self, problem: BaseException) -> None:
        """Say why no connection came about; raise MachineError if another attempt is useless."""
        service = self._service
        if isinstance(problem, OSError) and problem.errno == errno.EADDRINUSE:
            raise MachineError(f"address already in use: {service.listen}")
        text = message_of(problem)
        if "name taken" in text:
            text = f"another worker with the name {service.name!r} is there"
        if service.once:
            raise MachineError(f"{service.address}: {text}")
        _say(f"{service.address}: {text}")


def place_of(listen: str) -> tuple[str, int]:
    """Return host and port of `HOST[:PORT]`; 0 is any port.

    Raises:
        UsageError: it is neither.
    """
    parts = urlsplit(f"//{listen}")
    try:
        if parts.hostname and not parts.path:
            return parts.hostname, parts.port or 0
    except ValueError:
        pass  # no such port
    raise UsageError(f"--listen {listen!r} is not HOST or HOST:PORT")


async def _first(*waited: Awaitable[object]) -> None:
    """Wait for the first of these to end, raise its error, and cancel the others."""
    tasks = [asyncio.ensure_future(one) for one in waited]
    done, others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for other in others:
        other.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for task in done:
        task.result()


def _say(text: str) -> None:
    print(text, flush=True)
