"""A PostgreSQL server of the tests' own, on a Unix socket, with a password."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROLE = "shop"
PASSWORD = "pg/s3cret w0rd"


@dataclass(frozen=True)
class Postgres:
    """A running server: the folder of its socket, which is the value of PGHOST."""

    host: str

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which a client reaches it."""
        return {"PGHOST": self.host, "PGUSER": ROLE, "PGPASSWORD": PASSWORD}

    def run(self, sql: str, database: str = "postgres") -> str:
        """Run SQL as the role of the tests; return the rows, without headers."""
        return subprocess.run(
            ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql],
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    def databases(self) -> set[str]:
        """Return the names of the databases that forge has made."""
        return set(self.run("SELECT datname FROM pg_database WHERE datname ~ '^forge_'").split())


def programs() -> Path | None:
    """Return the folder of the server's programs, of the newest version; None if there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if found:
        return found[-1].parent
    program = shutil.which("initdb")
    return Path(program).resolve().parent if program else None


def _version(path: Path) -> float:
    return float(path.parts[-3])


@contextmanager
def running() -> Iterator[Postgres]:
    """Make a cluster of databases in a new folder, and serve it for the length of a block."""
    folder = Path(tempfile.mkdtemp(prefix="forge-test-pg-", dir="/tmp"))  # a socket's path is short
    bin_dir = programs()
    assert bin_dir, "the test is skipped without a server"
    # The server refuses root: Debian's package has made a user for it.
    as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    as_user = as_user if os.geteuid() == 0 else []
    try:
        (folder / "password").write_text(PASSWORD)
        if as_user:
            for path in (folder, folder / "password"):
                shutil.chown(path, "postgres", "postgres")
        initdb = [bin_dir / "initdb", "-D", folder / "data", "-U", ROLE, "--no-sync"]
        initdb += ["--auth=scram-sha-256", f"--pwfile={folder / 'password'}", "-E", "UTF8"]
        _run([*as_user, *initdb], folder)
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        control = [*as_user, bin_dir / "pg_ctl", "-D", folder / "data", "-w"]
        _run([*control, "-l", folder / "log", "-o", options, "start"], folder)
        try:
            yield Postgres(str(folder))
        finally:
            _run([*control, "-m", "immediate", "stop"], folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: Sequence[object], folder: Path) -> None:
    # pg_ctl leaves the server behind, which would keep a pipe open: the output goes to a file.
    with (folder / "output").open("a+") as output:
        done = subprocess.run(
            list(map(str, command)),
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
        output.seek(0)
        assert done.returncode == 0, output.read()
