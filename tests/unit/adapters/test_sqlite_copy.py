"""Copies of a SQLite database: whole, fresh, and readable by an app that has the old one open."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from forge.adapters import sqlite_copy
from forge.adapters.contract import Slot
from forge.adapters.sqlite_copy import SqliteCopy
from forge.errors import AdapterError, ForgeError, RecordingError

Connect = Callable[[Path], sqlite3.Connection]


@pytest.fixture
def slot(tmp_path: Path) -> Slot:
    for name in ("project", "slot-0"):
        (tmp_path / name).mkdir()
    return Slot(0, tmp_path / "slot-0", tmp_path / "project")


@pytest.fixture
def seed(slot: Slot) -> Path:
    """Return the database of the project, in WAL mode, with one row and no log beside it."""
    path = slot.project_dir / "shop.db"
    with closing(sqlite3.connect(path)) as made:
        made.execute("PRAGMA journal_mode = wal")
        made.execute("CREATE TABLE goods (name)")
        made.execute("INSERT INTO goods VALUES ('tea')")
        made.commit()
    return path


def goods(connection: sqlite3.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM goods ORDER BY rowid")]


def test_copy_is_fresh_each_time_and_leaves_no_file_beside_its_source(
    slot: Slot, seed: Path
) -> None:
    source = SqliteCopy("shop.db")
    path = source.fresh(slot)
    assert path == slot.dir / "data" / "shop.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as app:
        app.execute("INSERT INTO goods VALUES ('of an earlier render')")
        assert source.fresh(slot) == path
        assert goods(app) == ["tea"], "the app reads the fresh content without opening it again"
    assert list(slot.project_dir.iterdir()) == [seed]


def test_copy_has_what_is_only_in_the_log_of_a_program_that_writes(slot: Slot, seed: Path) -> None:
    with closing(sqlite3.connect(seed)) as writer:
        writer.execute("INSERT INTO goods VALUES ('in the log')")
        writer.commit()
        assert b"in the log" not in seed.read_bytes()
        with closing(sqlite3.connect(SqliteCopy("shop.db").fresh(slot))) as app:
            assert goods(app) == ["tea", "in the log"]


def test_copy_replaces_a_file_that_is_no_database(slot: Slot, seed: Path) -> None:
    path = SqliteCopy("shop.db").fresh(slot)
    path.write_text("broken by the app")
    path.with_name("shop.db-wal").write_text("of another file")
    with closing(sqlite3.connect(SqliteCopy("shop.db").fresh(slot))) as app:
        assert goods(app) == ["tea"]


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (None, AdapterError, "there is no file"),
        (b"CREATE TABLE goods (name);", AdapterError, "is not a SQLite database"),
        (b"", AdapterError, "is not a SQLite database"),
    ],
)
def test_source_that_is_no_database_is_named(
    slot: Slot, content: bytes | None, kind: type[ForgeError], said: str
) -> None:
    path = slot.project_dir / "other.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(kind, match=said) as problem:
        SqliteCopy("other.db").fresh(slot)
    assert str(path) in problem.value.message
    assert problem.value.hint


def test_damaged_source_is_named(slot: Slot, seed: Path) -> None:
    whole = seed.read_bytes()
    seed.write_bytes(whole[:4096] + b"x" * (len(whole) - 4096))
    with pytest.raises(RecordingError, match=r"shop\.db cannot be copied .* damaged"):
        SqliteCopy("shop.db").fresh(slot)


def test_copy_that_the_app_keeps_locked_is_given_up(
    slot: Slot, seed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_copy, "LOCKED_S", 0.05)
    source = SqliteCopy("shop.db")
    with closing(sqlite3.connect(source.fresh(slot), isolation_level=None)) as app:
        app.execute("BEGIN IMMEDIATE")
        with pytest.raises(RecordingError, match="locked by another program"):
            source.fresh(slot)
        app.execute("ROLLBACK")
    source.fresh(slot)


def test_databases_of_one_name_have_copies_of_their_own(slot: Slot, seed: Path) -> None:
    (slot.project_dir / "old").mkdir()
    with closing(sqlite3.connect(slot.project_dir / "old" / "shop.db")) as made:
        made.execute("CREATE TABLE goods (name)")
    new, old = SqliteCopy("shop.db").fresh(slot), SqliteCopy("old/shop.db").fresh(slot)
    with closing(sqlite3.connect(new)) as first, closing(sqlite3.connect(old)) as second:
        assert (goods(first), goods(second)) == (["tea"], [])
