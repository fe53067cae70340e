"""The functions that home calls on a host. Arguments and results are small, or pieces of files.

Home calls `answer` with one of the others. They are coroutines, because Dask would run plain
functions in the loop of the worker; work that blocks is done in a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from distributed import Worker, get_worker

from forge.model.hosts import HomeTake, HostedBatch, Ticket
from forge.model.records import Job
from forge.model.settings import Settings
from forge.store.file_notes import noted
from forge.store.private import make_folder
from forge.version import __version__
from forge.workers.entry import explain
from forge.workers.hello import make_hello
from forge.workers.hosting.plugin import PLUGIN, HostLanes, usual_folder

Call = Callable[..., Awaitable[Any]]


async def answer(call: Call, *args: Any, dask_worker: Worker) -> tuple[bool, Any]:
    """Await `call(host, *args)`; return True and its result, or False and a `Failure`.

    An error of the host so differs from an error of the connection.
    """
    try:
        return True, await call(await _lanes_of(dask_worker), *args)
    except Exception as error:
        return False, explain(error)


def attempt(ticket: str) -> str:
    """Run one attempt; this is the task that the scheduler knows. JSON of `Ticket` and `Reply`."""
    worker = get_worker()
    host = worker.plugins[PLUGIN]
    assert isinstance(host, HostLanes)
    key = str(worker.get_current_task())
    return host.attempt(key, Ticket.model_validate_json(ticket)).model_dump_json()


def forge_version() -> str:
    """Return the version of forge. Home calls this one in the scheduler, without `answer`."""
    return __version__


async def echo(host: HostLanes, data: bytes) -> bytes:
    """Return `data`."""
    return data


async def greet(host: HostLanes, settings: str) -> str:
    """Return the JSON of this host's `Hello` for a project with `settings` (JSON)."""
    given = Settings.model_validate_json(settings)
    make_folder(host.folder)
    hello = await asyncio.to_thread(make_hello, given, host.folder, is_host=True)
    return hello.model_dump_json()


async def open_batch(host: HostLanes, batch: str) -> str:
    """Make the lanes of a `HostedBatch`; return an `OpenedBatch`. Both are JSON."""
    opened = await asyncio.to_thread(host.open_batch, HostedBatch.model_validate_json(batch))
    return opened.model_dump_json()


async def try_setup(host: HostLanes, batch: str) -> str:
    """Run the adapter's setup once, in a batch that was opened for it; return where it arrived."""
    return await asyncio.to_thread(host.lanes(batch).try_setup)


async def take_piece(host: HostLanes, batch: str, name: str, at: int, piece: bytes) -> None:
    """Take a piece of the file `name`, which begins after `at` bytes.

    It is the project's archive (`PROJECT`), or a file of a take, in a folder of the sender's own.
    """
    await asyncio.to_thread(host.take_piece, batch, name, at, piece)


async def lacks_take(host: HostLanes, batch: str, job: str, take: str) -> bool:
    """Return True if a `Job` may use the `HomeTake`, and it is not here. Both are JSON."""
    asked = Job.model_validate_json(job), HomeTake.model_validate_json(take)
    return await asyncio.to_thread(host.lanes(batch).lacks_take, *asked)


async def keep_take(host: HostLanes, batch: str, folder: str, take: str) -> bool:
    """Keep the `HomeTake` (JSON) whose files were sent into `folder`; False: they are damaged."""
    sent = HomeTake.model_validate_json(take)
    return await asyncio.to_thread(host.keep_take, batch, folder, sent)


async def renew(host: HostLanes, batch: str, lease_s: float) -> str:
    """Renew the lease of a batch; return the JSON of a `Renewal`."""
    return (await asyncio.to_thread(host.renew, batch, lease_s)).model_dump_json()


async def missing(host: HostLanes, batch: str, digests: dict[str, str]) -> list[str]:
    """Return the files of the project that are not here, or damaged. `digests`: SHA-256 by name."""
    lanes = host.lanes(batch)

    def is_here(name: str) -> bool:
        path = lanes.path(name)
        return path.is_file() and noted(path).sha256 == digests[name]

    return await asyncio.to_thread(lambda: [name for name in digests if not is_here(name)])


async def put_file(host: HostLanes, batch: str, name: str, data: bytes) -> None:
    """Write a small file of the project."""
    await asyncio.to_thread(host.lanes(batch).put_file, name, data)


async def read_piece(host: HostLanes, batch: str, name: str, at: int, size: int) -> bytes:
    """Return `size` bytes of the file `name` of the project, from the byte `at` on."""
    path = host.lanes(batch).path(name)

    def read() -> bytes:
        with path.open("rb") as file:
            file.seek(at)
            return file.read(size)

    return await asyncio.to_thread(read)


async def wait_for_end(host: HostLanes, batch: str, key: str, slot: int) -> str | None:
    """Wait until no attempt runs in `slot`; return the log (JSON of a `FileNote`), if it began."""
    note = await asyncio.to_thread(host.lanes(batch).wait_for_end, key, slot)
    return note.model_dump_json() if note else None


async def close_batch(host: HostLanes, batch: str, kill: bool) -> None:
    """End the lanes of a batch."""
    with suppress(LookupError):
        await asyncio.to_thread(host.close_batch, batch, kill=kill)


async def _lanes_of(worker: Worker) -> HostLanes:
    """Return the plug-in of `worker`; add it first if this is a worker of another's cluster."""
    if PLUGIN not in worker.plugins:
        lanes = HostLanes(usual_folder(), closes=False)
        await worker.plugin_add(lanes, name=PLUGIN, catch_errors=False)
    found = worker.plugins[PLUGIN]
    assert isinstance(found, HostLanes)
    return found
