"""Addresses and names of PostgreSQL databases; tests/apps/test_databases.py has a real server."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from forge.adapters.contract import Slot
from forge.adapters.postgres import PostgresTemplate, name_of
from forge.adapters.postgres_server import MADE_BY_FORGE, advice_on, url_of
from forge.errors import AdapterError, RecordingError
from forge.text import redact

psycopg = pytest.importorskip("psycopg")


def slot_of(project: str) -> Slot:
    return Slot(3, Path("/tmp/forge-x/slot-3"), Path("/work") / project)


@pytest.mark.parametrize(
    ("project", "begin"),
    [
        ("shop", "forge_shop_3_"),
        ("My Shop! (2)", "forge_my_shop_2_3_"),
        ("Ünïcode", "forge_n_code_3_"),
        ("日本", "forge_project_3_"),
        ("x" * 300, f"forge_{'x' * 40}_3_"),
    ],
)
def test_name_of_a_database_has_project_and_slot(project: str, begin: str) -> None:
    name = name_of(slot_of(project))
    assert name.startswith(begin)
    assert len(name) <= 63
    assert MADE_BY_FORGE.fullmatch(name), "the sweep finds it"
    assert name != name_of(slot_of(project)), "two batches at once"


@pytest.mark.parametrize(
    "name", ["postgres", "forge_shop", "forge_shop_3", "forge_shop_3_abcdefgh"]
)
def test_database_of_another_origin_is_not_swept(name: str) -> None:
    assert not MADE_BY_FORGE.fullmatch(name)


@pytest.mark.parametrize(
    ("server", "said"),
    [
        ("postgresql://shop:s3cret@db.example/x", "has a password in it"),
        ("host=db.example password=s3cret", "has a password in it"),
        ("db.example s3cret", "is not one of a PostgreSQL server"),
        ("$NO_SUCH_URL", "the environment variable NO_SUCH_URL is not set"),
        ("$WRONG_URL", "the address in WRONG_URL is not one"),
    ],
)
def test_wrong_address_is_refused_without_its_password(
    server: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRONG_URL", "shop s3cret")
    with pytest.raises(AdapterError, match=said) as problem:
        PostgresTemplate("shop", server)
    assert "s3cret" not in str(problem.value)
    assert problem.value.hint


def test_password_of_an_address_in_the_environment_is_hidden(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(redact, "_hidden", set())
    monkeypatch.setenv("SHOP_URL", "postgresql://shop:s3cret%2Fword@/shop?host=/nowhere")
    template = PostgresTemplate("shop", "$SHOP_URL")
    with pytest.raises(RecordingError, match="No such file or directory") as problem:
        template.fresh(slot_of("shop"))
    assert "PostgresTemplate('shop')" in problem.value.message
    assert "is the server running" in problem.value.hint
    assert redact.without_passwords("s3cret/word, s3cret%2Fword") == "•••, •••"


class FakeConnection:
    """A connection whose parameters a test chooses."""

    def __init__(self, host: str, password: str = "", **options: str) -> None:
        parameters = {"user": "me@x", "dbname": "postgres", "host": host, **options}
        self.info = SimpleNamespace(
            user="me@x", password=password, host=host, port=5433, get_parameters=lambda: parameters
        )


@pytest.mark.parametrize(
    ("connection", "url"),
    [
        (FakeConnection("db.example"), "postgresql://me%40x@db.example:5433/forge_a"),
        (FakeConnection("::1", "a/b"), "postgresql://me%40x:a%2Fb@[::1]:5433/forge_a"),
        (FakeConnection("/run/pg"), "postgresql://me%40x@/forge_a?host=%2Frun%2Fpg&port=5433"),
        (
            FakeConnection("db.example", sslmode="require", application_name="forge"),
            "postgresql://me%40x@db.example:5433/forge_a?sslmode=require",
        ),
    ],
)
def test_address_for_the_app_is_that_of_forge_with_another_database(
    connection: FakeConnection, url: str
) -> None:
    assert url_of(cast("Any", connection), "forge_a") == url


def test_template_in_use_is_explained() -> None:
    """A real server reports it only after 5 s."""
    assert "end all programs" in advice_on(psycopg.errors.ObjectInUse("is being accessed"))
