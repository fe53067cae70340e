"""Functions that a test's warm process forks for."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from forge.errors import TutorialError

LOADED = os.getpid()  # of the process that imported this module


def loaded_and_own(tell: Callable[[Any], object]) -> tuple[int, int]:
    """Return the process that has imported this module, and the one that works."""
    tell("works")
    return LOADED, os.getpid()


def refuse(text: str, tell: Callable[[Any], object]) -> None:
    """Raise an error of the user's."""
    raise TutorialError(text, hint="do otherwise")


def hang(note: Path, tell: Callable[[Any], object]) -> None:
    """Work until it is interrupted, and then write a note: it has cleaned up."""
    try:
        tell("hangs")
        time.sleep(60)
    finally:
        note.write_text("cleaned up")


def die(tell: Callable[[Any], object]) -> None:
    """End the warm process itself."""
    os.kill(os.getppid(), 9)
    time.sleep(60)
