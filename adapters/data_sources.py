"""Which copy is made of the data that `[app]` or a `ServerApp` names."""

from __future__ import annotations

from forge.adapters.data_copy import DataCopy
from forge.adapters.folder_copy import FolderCopy


def data_source(data: str | DataCopy) -> DataCopy:
    """Return the source that `data` names: a path in the project, or a source itself."""
    return FolderCopy(data) if isinstance(data, str) else data
