"""The folders that adapters get as `slot.dir`: `/tmp/forge-<project>/slot-N`, equal in all batches.

An app may show the folder that it works in. So the name is short, and nothing in it is random. It
may be taken, though, by a batch of another project of that name or by another user. A folder is
used only if this batch has made it (`store.claims`); otherwise the next name is tried
(`/tmp/forge-<project>-2`).
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from forge.errors import MachineError
from forge.store import claims
from forge.store.claims import PREFIX, Claim
from forge.workers import guard, real_time

LONGEST_NAME = 30  # apps make sockets in it, whose paths may have at most 108 characters
NAMES = 100  # the number of names to try
LEAVE_S = 2.0


class Slots(NamedTuple):
    """The folder of a batch's slots. `taken` are the preferred names, which were not free."""

    path: Path
    taken: tuple[Path, ...]

    def fresh(self, slot: int) -> Path:
        """Make and return the empty folder of slot number `slot`."""
        return make_empty(self.path / f"slot-{slot}")


@contextmanager
def slots_dir(project_dir: Path) -> Iterator[Slots]:
    """Claim the folder named after `project_dir`, or the next free name; remove it at the end.

    Raises:
        MachineError: no name is free, or no folder can be made.
    """
    claim, taken = _claim(project_dir)
    try:
        yield Slots(claim.path, taken)
    finally:
        remove(claim)
        os.close(claim.lock)


def name_of(project_dir: Path) -> str:
    """Return the name of the project in letters, digits, dashes, dots and underscores."""
    plain = unicodedata.normalize("NFKD", project_dir.name).encode("ascii", "ignore").decode()
    name = re.sub(r"[^\w.-]+", "-", plain)[:LONGEST_NAME].strip("-._")
    return name or "project"


def make_empty(folder: Path) -> Path:
    """Empty or make `folder`, whose parent must exist, and return it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(exist_ok=True)  # an app in a container may leave files of another user
    return folder


def remove(claim: Claim) -> bool:
    """End all processes in the folder and remove it; return True if nothing of it is left."""
    guard.end_all(None, None, guard.Home(claim.path, claim.owner.since_s))
    return claims.remove(claim.path)


def leave(home: guard.Home) -> None:
    """End all processes in the folder of a slot, and remove it; in a worker whose parent is dead.

    The folder of all slots is removed with its last slot. If another batch has claimed it in the
    meantime, it was emptied, and nothing is left to do.
    """
    root = home.path.parent
    deadline = real_time.monotonic() + LEAVE_S
    while (claim := claims.claim_dead(root)) is None:  # another worker of the batch is leaving
        if real_time.monotonic() > deadline or not root.exists():
            return
        real_time.sleep(guard.LOOK_S)
    try:
        guard.end_all(None, None, home)
        shutil.rmtree(home.path, ignore_errors=True)
        if not any(root.glob("slot-*")):
            claims.remove(root)
    finally:
        os.close(claim.lock)


def _claim(project_dir: Path) -> tuple[Claim, tuple[Path, ...]]:
    """Return the claimed folder, and the names that were taken."""
    first = Path(tempfile.gettempdir()).resolve() / f"{PREFIX}{name_of(project_dir)}"
    names = [first, *(first.with_name(f"{first.name}-{n}") for n in range(2, NAMES))]
    for number, path in enumerate(names):
        try:
            _remove_dead(path)
            if claim := claims.make("slots", path, guard.started(os.getpid())):
                return claim, tuple(names[:number])
        except OSError as problem:
            raise MachineError(
                f"no temporary folder can be made in {first.parent}: {problem}",
                hint="free some space, or set TMPDIR to a folder that can be written",
            ) from problem
    raise MachineError(
        f"{first} and the {NAMES - 2} names after it are taken",
        hint="set TMPDIR to a folder of your own",
    )


def _remove_dead(path: Path) -> None:
    """Remove the folder at `path` if a dead batch of this machine has left it."""
    if claim := claims.claim_dead(path):
        try:
            if claim.owner.forge == "slots" and claim.owner.is_local:
                remove(claim)
        finally:
            os.close(claim.lock)
