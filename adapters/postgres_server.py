"""What forge asks of a PostgreSQL server: make and drop databases, and find those left over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, LiteralString
from urllib.parse import quote, urlencode

from forge.text.redact import hide

if TYPE_CHECKING:  # an extra
    import psycopg

PREFIX = "forge_"
MADE_BY_FORGE = re.compile(rf"{PREFIX}\w+_\d+_[0-9a-f]{{8}}")
#: The database of every server that commands run in. Always the same: locks belong to a database.
HOME = "postgres"
CONNECT_S = 10
EXAMPLE = "postgresql://host:5432"
LOCK = "SELECT pg_advisory_lock(hashtextextended(%s, 0))"
TRY_LOCK = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
UNLOCK = "SELECT pg_advisory_unlock(hashtextextended(%s, 0))"
#: Parameters of forge's own connection, and those that have a place of their own in a URL.
IN_URL = ("host", "port", "user", "dbname", "application_name", "connect_timeout")


def connect(address: str) -> psycopg.Connection:
    """Connect to the server at `address`.

    Raises:
        psycopg.Error: it cannot be reached, or refuses.
    """
    from psycopg import connect

    return connect(
        address,
        dbname=HOME,
        autocommit=True,
        application_name="forge",
        connect_timeout=CONNECT_S,
    )


def exists(connection: psycopg.Connection, name: str) -> bool:
    """Return True if there is a database `name`."""
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return found.fetchone() is not None


def create(connection: psycopg.Connection, name: str, template: str) -> None:
    """Make the database `name` of `template`."""
    _run(connection, "CREATE DATABASE {} TEMPLATE {}", name, template)


def drop(connection: psycopg.Connection, name: str) -> None:
    """Drop the database `name`, if there is one, and end all sessions in it."""
    _run(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _run(connection: psycopg.Connection, command: LiteralString, *names: str) -> None:
    from psycopg import sql

    connection.execute(sql.SQL(command).format(*map(sql.Identifier, names)))


def url_of(connection: psycopg.Connection, name: str) -> str:
    """Return the address of the database `name` on the server of `connection`, with its password.

    From then on messages do not show the password.
    """
    info = connection.info
    user, host = quote(info.user, safe=""), info.host
    if info.password:
        hide(info.password)
        user += f":{quote(info.password, safe='')}"
    options = {key: value for key, value in info.get_parameters().items() if key not in IN_URL}
    if host.startswith("/"):  # the folder of a Unix socket
        options |= {"host": host, "port": str(info.port)}
        place = ""
    else:
        place = f"{f'[{host}]' if ':' in host else host}:{info.port}"
    query = f"?{urlencode(options)}" if options else ""
    return f"postgresql://{user}@{place}/{quote(name, safe='')}{query}"


def advice_on(problem: psycopg.Error) -> str:
    """Return what to do about an error of the server, "" if its own words say it."""
    from psycopg import errors

    for kind, advice in {
        errors.InvalidCatalogName: "make the template: createdb, then load its schema and data;"
        " `psql --list` shows which databases there are",
        errors.ObjectInUse: "end all programs that are connected to the template",
        errors.InsufficientPrivilege: "the role needs CREATEDB, and the template must be its own,"
        " or one for all: ALTER DATABASE … IS_TEMPLATE true",
    }.items():
        if isinstance(problem, kind):
            return advice
    if re.search("authentication|no password", str(problem)):
        return "set PGUSER and PGPASSWORD, or write the password into ~/.pgpass"
    if isinstance(problem, errors.OperationalError) and not problem.sqlstate:
        return f"is the server running, and its address right? PGHOST or {EXAMPLE} says where"
    return ""


def sweep(connection: psycopg.Connection) -> list[str]:
    """Drop the databases that ended workers of this role have left; return their names."""
    owned = connection.execute(
        "SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = current_user"
    )
    dropped = []
    for (name,) in owned.fetchall():
        if not MADE_BY_FORGE.fullmatch(name):
            continue
        if connection.execute(TRY_LOCK, [name]).fetchone() != (True,):
            continue  # its worker lives
        try:
            drop(connection, name)
            dropped.append(name)
        finally:
            connection.execute(UNLOCK, [name])
    return dropped
