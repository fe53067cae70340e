"""Data of an app's own: a copy that a slot's app may write to, made afresh."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forge.adapters.place import Place


class DataCopy(ABC):
    """A source of data, of which a slot has a copy.

    Derive from it. A `ServerApp` calls `fresh` before its app starts: before each render, or once
    in each worker. An adapter of your own may call it itself.
    """

    @abstractmethod
    def fresh(self, slot: Place) -> str | Path:
        """Make the copy of `slot` anew, and return its path or its address.

        The app must not be running: files that it has open are replaced.

        Raises:
            AdapterError: the source is missing, or cannot be copied.
        """

    def sources(self) -> tuple[str, ...]:
        """Return the files and folders of the project that are copied.

        A relative path begins at its folder. A change in them makes videos stale.
        """
        return ()

    def drop(self) -> None:
        """Remove the copy. A copy in the folder of the slot is removed with the slot anyway."""
        return
