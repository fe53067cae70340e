"""A PostgreSQL database of its own for each slot, made from a template database.

Each database belongs to a connection that holds an advisory lock with the database's name. The
server frees the lock when that connection ends, however it does: by `drop`, by a SIGKILL of the
worker, by a lost network. So a database of forge's whose lock is free is left over. A process
beside the worker (`forge.adapters.postgres_keeper`) drops it then, or else the next `fresh` on this
server does; it may have been made on another machine.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from forge.adapters.data_copy import DataCopy
from forge.adapters.place import Place
from forge.adapters.postgres_keeper import Keeper
from forge.adapters.postgres_server import (
    EXAMPLE,
    LOCK,
    PREFIX,
    advice_on,
    connect,
    create,
    drop,
    exists,
    sweep,
    url_of,
)
from forge.errors import AdapterError, RecordingError
from forge.text.redact import hide
from forge.text.sanitize import message_of

if TYPE_CHECKING:  # an extra
    import psycopg

LONGEST_NAME = 40  # characters of the project's name; a database's name has at most 63 bytes
OLDEST = 13_00_00  # DROP DATABASE … WITH (FORCE)
VARIABLE = re.compile(r"\$\w+")


class PostgresTemplate(DataCopy):
    """Makes a database from `template` for the slot, as often as a fresh one is needed.

    `server` says where: an address without a password (`postgresql://shop@db.example`), or the name
    of an environment variable with the whole address, `$DATABASE_URL`. Default: what PGHOST,
    PGPORT, PGUSER, PGPASSWORD and `~/.pgpass` say. It needs `pip install
    "forge-tutorials[postgres]"`, PostgreSQL 13 or newer, a role that may create databases, and no
    pooler in between. While a database is made, nothing may be connected to the template.

    Call `fresh` in `start` for one database a worker, in `setup` for one a render; call `drop` in
    `stop`. The database of a worker that was killed is dropped, too.

    Raises:
        AdapterError: the extra is not installed, the address has a password in it, or the variable
            is not set.
    """

    def __init__(self, template: str, server: str = "") -> None:
        _require_driver()
        self._template = template
        self._server = _address(server)
        self._owner: psycopg.Connection | None = None
        self._keeper: Keeper | None = None
        self._name = ""

    def fresh(self, slot: Place) -> str:
        """Make the slot's database anew; return its address, which has the server's password.

        Sessions of the app in the old database are ended, so the app must connect again.

        Raises:
            RecordingError: the server cannot be reached or refuses, or there is no such template.
        """
        try:
            with self._explained():
                owner = self._connection(slot)
                drop(owner, self._name)
                create(owner, self._name, self._template)
                return url_of(owner, self._name)
        except BaseException:
            self._leave(dropped=False)
            raise

    def check(self) -> None:
        """Look for the template on the server.

        Raises:
            RecordingError: the server cannot be reached or refuses, or there is no such template.
        """
        from psycopg.errors import InvalidCatalogName

        with self._explained(), connect(self._server) as server:
            if not exists(server, self._template):
                raise InvalidCatalogName(f'template database "{self._template}" does not exist')

    def drop(self) -> None:
        """Drop the slot's database; do nothing if there is none."""
        dropped = False
        try:
            with self._explained():
                if self._owner:
                    drop(self._owner, self._name)
                    dropped = True
        finally:
            self._leave(dropped=dropped)

    def _leave(self, *, dropped: bool) -> None:
        """Give up the lock, and end the keeper, which drops the database if it is still there."""
        owner, self._owner = self._owner, None
        keeper, self._keeper = self._keeper, None
        if owner:
            owner.close()
        if keeper:
            keeper.end(dropped=dropped)

    def _connection(self, slot: Place) -> psycopg.Connection:
        """Return the connection that holds the lock of the slot's database."""
        if self._owner and not (self._owner.closed or self._owner.broken):
            return self._owner
        self._leave(dropped=False)
        owner = connect(self._server)
        try:
            if owner.info.server_version < OLDEST:
                raise RecordingError(
                    f"PostgresTemplate: the server is {owner.info.server_version // 10000}",
                    hint="it needs PostgreSQL 13 or newer",
                )
            if owner.info.server_version >= 14_00_00:
                owner.execute("SET idle_session_timeout = 0")  # the lock must outlive long renders
            sweep(owner)
            # The same one after the connection was lost: the app knows it by this name.
            self._name = self._name or name_of(slot)
            owner.execute(LOCK, [self._name])
        except BaseException:
            owner.close()
            raise
        self._owner = owner
        self._keeper = Keeper(self._name, self._server)
        return owner

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn an error of the server into one that names the template, and what to do."""
        from psycopg import Error

        try:
            yield
        except Error as problem:
            said = " ".join(message_of(problem).split())
            raise RecordingError(
                f"PostgresTemplate({self._template!r}): {said}", hint=advice_on(problem)
            ) from None  # its context may quote the address


def name_of(slot: Place) -> str:
    """Return a new name for a database: `forge_<project>_<slot>_<random>`."""
    project = re.sub(r"[^a-z0-9]+", "_", slot.project_dir.name.lower()).strip("_")[:LONGEST_NAME]
    return f"{PREFIX}{project or 'project'}_{slot.index}_{uuid.uuid4().hex[:8]}"


def _require_driver() -> None:
    try:
        import psycopg  # noqa: F401
    except ImportError as problem:
        raise AdapterError(
            f"PostgresTemplate needs psycopg: {problem}",
            hint='pip install "forge-tutorials[postgres]"',
        ) from problem


def _address(server: str) -> str:
    """Return the address that `server` is, or that the variable it names has; hide its password."""
    if VARIABLE.fullmatch(server):
        address = os.environ.get(server[1:], "")
        if not address:
            raise AdapterError(
                f"PostgresTemplate: the environment variable {server[1:]} is not set",
                hint=f"set it to the address of the server, such as {EXAMPLE}",
            )
        if password := _parts(address, f"the address in {server[1:]}").get("password"):
            hide(password)
        return address
    if "password" in _parts(server, "the address"):
        raise AdapterError(
            "PostgresTemplate: the address of the server has a password in it",
            hint="remove it: set PGPASSWORD, or put the whole address into an environment variable"
            ' and write its name, "$DATABASE_URL"',
        )
    return server


def _parts(address: str, what: str) -> dict[str, Any]:
    """Return the parameters in an address, which is a URL or has the form `host=… user=…`."""
    from psycopg import Error
    from psycopg.conninfo import conninfo_to_dict

    try:
        return conninfo_to_dict(address)
    except Error:  # its message may quote the password
        raise AdapterError(
            f"PostgresTemplate: {what} is not one of a PostgreSQL server",
            hint=f"write it as {EXAMPLE}",
        ) from None
