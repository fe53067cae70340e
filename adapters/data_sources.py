"""Which copy is made of the data that `[app]` or a `ServerApp` names."""

from __future__ import annotations

from pathlib import PurePath
from urllib.parse import unquote, urlsplit

from forge.adapters.data_copy import DataCopy
from forge.adapters.folder_copy import FolderCopy
from forge.errors import AdapterError

SQLITE = (".db", ".db3", ".sqlite", ".sqlite3")
POSTGRES = ("postgres", "postgresql")


def data_source(data: str | DataCopy) -> DataCopy:
    """Return the source that `data` names, or is itself.

    `postgresql://server/template` is a database to copy. Any other text is a path in the project:
    of a SQLite database if its name ends as one, else of a folder or a file.

    Raises:
        AdapterError: the address names no database, or has a password in it.
    """
    if not isinstance(data, str):
        return data
    if (address := urlsplit(data)).scheme in POSTGRES:
        from forge.adapters.postgres import PostgresTemplate

        if not (template := unquote(address.path.strip("/"))):
            raise AdapterError(
                "the address of the data names no database", hint="postgresql://server/template"
            )
        query = f"?{address.query}" if address.query else ""
        return PostgresTemplate(template, f"postgresql://{address.netloc}{query}")
    if PurePath(data).suffix.lower() in SQLITE:
        from forge.adapters.sqlite_copy import SqliteCopy

        return SqliteCopy(data)
    return FolderCopy(data)
