"""A scheduler in a process of its own, which a test kills: `scheduler.py PORT`."""

from __future__ import annotations

import asyncio
import sys

import dask
from distributed import Scheduler

from forge.workers.hosting.link import CONFIG

LISTENS = "the scheduler listens"


async def serve(port: int) -> None:
    async with Scheduler(host="127.0.0.1", port=port, dashboard_address="127.0.0.1:0") as scheduler:
        print(LISTENS, flush=True)
        await scheduler.finished()


if __name__ == "__main__":
    with dask.config.set(CONFIG):
        asyncio.run(serve(int(sys.argv[1])))
