"""The folder of one running batch: all of its temporary files are in it, and removed with it.

It is in the system's temporary folder, because browsers make sockets in it, whose paths may have at
most 108 characters. The next batch removes the folders of dead runs (`store.claims`), and the
folders that their adapters worked in (`forge.workers.slots`).
"""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forge.errors import MachineError
from forge.store import claims
from forge.store.claims import Claim
from forge.workers import guard, slots

PREFIX = "forge-run-"


@contextmanager
def run_dir() -> Iterator[Path]:
    """Remove the folders of dead runs; make one for this batch, and remove it at the end."""
    sweep()
    try:
        claim = _make()
    except OSError as problem:
        raise MachineError(
            f"no temporary folder can be made in {tempfile.gettempdir()}: {problem}",
            hint="free some space, or set TMPDIR to a folder that can be written",
        ) from problem
    try:
        yield claim.path
    finally:
        _remove(claim)
        os.close(claim.lock)


@contextmanager
def batch_folders(project_dir: Path) -> Iterator[tuple[Path, slots.Slots]]:
    """Make the folders of one batch: the one of its temporary files, and the one of its slots."""
    with run_dir() as folder, slots.slots_dir(project_dir) as slots_folder:
        yield folder, slots_folder


def leftovers() -> list[Path]:
    """Return the folders of batches that are dead."""
    return [claim.path for claim in claims.dead_claims() if claim.owner.is_local]


def foreign() -> list[str]:
    """Return the folders that other machines made here, each with its maker, as texts."""
    return [
        f"{path} (made by process {owner.pid} on {owner.host})"
        for path, owner, _ in claims.dead_claims()
        if not owner.is_local
    ]


def sweep() -> list[Path]:
    """End the processes of dead runs, remove their folders, and return these."""
    return [
        claim.path
        for claim in claims.dead_claims()
        if claim.owner.is_local
        and (slots.remove(claim) if claim.owner.forge == "slots" else _remove(claim))
    ]


def _make() -> Claim:
    folder = Path(tempfile.gettempdir()).resolve()
    while True:
        path = folder / f"{PREFIX}{uuid.uuid4().hex[:8]}"
        if claim := claims.make("run", path, guard.started(os.getpid())):
            return claim


def _remove(claim: Claim) -> bool:
    """End all processes with the mark of this run, then remove its folder."""
    guard.end_all(None, claim.path)
    return claims.remove(claim.path)
