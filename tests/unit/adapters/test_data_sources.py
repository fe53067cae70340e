"""Which copy a text of `[app] data` means."""

from __future__ import annotations

import pytest

from forge.adapters import FolderCopy, PostgresTemplate, SqliteCopy
from forge.adapters.data_sources import data_source
from forge.errors import AdapterError


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ("seed/", FolderCopy),
        ("seed.json", FolderCopy),
        ("data/shop.db", SqliteCopy),
        ("shop.SQLite3", SqliteCopy),
        ("postgresql:///shop_template", PostgresTemplate),
        ("postgres://db.example:5433/shop?sslmode=require", PostgresTemplate),
    ],
)
def test_data_is_copied_as_what_it_is(data: str, kind: type) -> None:
    pytest.importorskip("psycopg")
    assert type(data_source(data)) is kind


def test_source_stays_what_it_is() -> None:
    source = SqliteCopy("a.txt")
    assert data_source(source) is source


def test_server_and_template_come_from_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("psycopg")
    made: list[tuple[str, str]] = []
    monkeypatch.setattr(
        "forge.adapters.postgres.PostgresTemplate", lambda *given: made.append(given)
    )
    data_source("postgres://db.example:5433/shop%20a?sslmode=require")
    data_source("postgresql:///shop")
    assert made == [
        ("shop a", "postgresql://db.example:5433?sslmode=require"),
        ("shop", "postgresql://"),
    ]


@pytest.mark.parametrize("data", ["postgresql://db.example", "postgresql://me:s3cret@db/shop"])
def test_address_without_database_or_with_password_is_refused(data: str) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(AdapterError) as problem:
        data_source(data)
    assert "s3cret" not in str(problem.value)
