"""A scheduler that stands somewhere, as `dask scheduler` starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from forge.cluster.connection import scheduler_at
from forge.errors import MachineError
from forge.version import __version__

pytestmark = pytest.mark.slow(reason="starts a scheduler")

#: Not an empty package: an installation of forge in place would supply its missing modules.
NO_FORGE = """raise ModuleNotFoundError("No module named 'forge'", name="forge")"""


@contextmanager
def scheduler(folder: Path, files: dict[str, str]) -> Iterator[str]:
    """Yield the address of a scheduler beside which another forge, of `files`, is installed."""
    for name, text in files.items():
        path = folder / "forge" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    words = [sys.executable, "-P", "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1"]
    words += ["--port", "0", "--dashboard-address", "127.0.0.1:0"]
    env = os.environ | {"PYTHONPATH": str(folder)}
    with subprocess.Popen(words, env=env, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            line = next(line for line in process.stderr if "Scheduler at:" in line)
            yield line.split()[-1]
        finally:
            process.terminate()
            process.communicate()


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"__init__.py": NO_FORGE}, "has no forge"),
        (
            {
                **{f"{folder}__init__.py": "" for folder in ("", "workers/", "workers/hosting/")},
                "workers/hosting/calls.py": "def forge_version(): return '0.0.1'\n",
            },
            f"has forge 0.0.1, and home has {__version__}",
        ),
    ],
    ids=["none", "another"],
)
def test_scheduler_needs_the_same_forge(tmp_path: Path, files: dict[str, str], why: str) -> None:
    with scheduler(tmp_path, files) as address:
        with pytest.raises(MachineError) as problem, scheduler_at(address, None):
            pass
        assert problem.value.message == f"the scheduler at {address} {why}"
        assert "install the same forge" in problem.value.hint
