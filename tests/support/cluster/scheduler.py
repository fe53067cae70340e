"""A scheduler in a process of its own: `scheduler.py PORT [KEY]`."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dask
from distributed import Scheduler

from forge.workers.hosting.link import CONFIG, security_of
from tests.support.project import ROOT

LISTENS = "the scheduler listens"


@contextmanager
def scheduler_on(port: int, key: Path | None = None) -> Iterator[subprocess.Popen[str]]:
    """Give the process of a scheduler on `port` of this machine; kill it at the end."""
    command = [sys.executable, "-P", __file__, str(port), *([str(key)] if key else [])]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert LISTENS in process.stdout.readline()
        yield process
        process.kill()


async def serve(port: int, key: Path | None) -> None:
    async with Scheduler(
        host="127.0.0.1",
        port=port,
        protocol="tls" if key else "tcp",
        dashboard_address="127.0.0.1:0",
        security=security_of(key),
    ) as scheduler:
        print(LISTENS, flush=True)
        await scheduler.finished()


if __name__ == "__main__":
    with dask.config.set(CONFIG):
        asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]) if sys.argv[2:] else None))
