"""Files and folders that only their owner may read: pages show and log what is confidential."""

from __future__ import annotations

import os
from pathlib import Path

from forge.store import atomic

FOLDER_MODE = 0o700


def opener(path: str, flags: int) -> int:
    """For `open(…, opener=opener)`: a file that is made is readable by its owner only."""
    return os.open(path, flags, 0o600)


def make_folder(path: Path) -> None:
    """Make `path`, readable by its owner only; one that is there stays as it is.

    Raises:
        OSError: it cannot be made.
    """
    atomic.make_folder(path, FOLDER_MODE)


def write(path: Path, data: bytes) -> None:
    """Write `data` to a new file at `path`, readable by its owner only.

    Raises:
        OSError: it cannot be written.
    """
    atomic.remove(path)  # the mode of one that is there would stay
    with open(path, "wb", opener=opener) as file:
        file.write(data)
