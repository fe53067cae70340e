"""Files and folders that only their owner may read, because recorded pages may be confidential."""

from __future__ import annotations

import os
from pathlib import Path

from forge.store import atomic

FOLDER_MODE = 0o700


def opener(path: str, flags: int) -> int:
    """Open `path`; a new file is readable by its owner only. For `open(…, opener=opener)`."""
    return os.open(path, flags, 0o600)


def make_folder(path: Path) -> None:
    """Make the folder `path`, readable by its owner only; an existing one stays as it is.

    Raises:
        OSError: it cannot be made.
    """
    atomic.make_folder(path, FOLDER_MODE)


def write(path: Path, data: bytes) -> None:
    """Write `data` to a new file at `path`, readable by its owner only.

    Raises:
        OSError: it cannot be written.
    """
    atomic.remove(path)  # an existing file would keep its mode
    with open(path, "wb", opener=opener) as file:
        file.write(data)
