"""The demo app's server: its pages, its forms, and the same data after each reset."""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path

import pytest

from forge.adapters.demo import server
from forge.adapters.demo.server import Fields, Store, answer

EVENT = {"title": "Tea <b>", "venue": "The Glasshouse", "day": "12 June 2027", "about": "Warm."}
GUEST = {"name": "Ada Lovelace", "email": "ada@example.com", "role": "Speaker"}
SETTINGS = {"workspace": "Tea & co", "timezone": "Asia/Tokyo"}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(server, "SAVE_S", 0.0)
    made = Store(tmp_path / "lumen.db")
    made.reset()
    return made


def page(store: Store, path: str) -> str:
    reply = answer(store, "GET", path, {})
    assert reply.status == HTTPStatus.OK
    return reply.body.decode()


def post(store: Store, path: str, fields: Fields) -> dict[str, str]:
    reply = answer(store, "POST", path, fields)
    assert reply.status == HTTPStatus.OK, reply.body
    found: dict[str, str] = json.loads(reply.body)
    return found


@pytest.mark.parametrize("path", ["/", "/events/new", "/events/1", "/events/1/guests", "/settings"])
def test_each_page_is_the_same_twice(store: Store, path: str) -> None:
    assert page(store, path) == page(store, path)
    assert "$" not in page(store, path), "every placeholder is filled in"


def test_new_event_is_listed_and_escaped(store: Store) -> None:
    saved = post(store, "/api/events", {**EVENT, "listed": "on"})
    assert "Tea &lt;b&gt;" in page(store, saved["next"])
    assert "Listed publicly" in page(store, saved["next"])
    assert "Tea &lt;b&gt;" in page(store, "/")


def test_invited_guest_is_last_in_the_list(store: Store) -> None:
    before = len(store.guests("1"))
    reply = post(store, "/api/events/1/guests", GUEST)
    assert "Ada Lovelace" in reply["row"]
    assert reply["people"] == f"{before + 1} guests"
    assert store.guests("1")[-1]["name"] == "Ada Lovelace"


def test_settings_are_saved(store: Store) -> None:
    post(store, "/api/settings", SETTINGS)
    assert store.settings() == {**SETTINGS, "reminders": "off"}
    assert "Tea &amp; co" in page(store, "/settings")


@pytest.mark.parametrize(
    ("path", "fields", "says"),
    [
        ("/api/events", {**EVENT, "title": " "}, "Give the event a name."),
        ("/api/events", {**EVENT, "venue": "The Moon"}, "Choose a venue."),
        ("/api/events", {**EVENT, "day": "June"}, "Write the date like 12 June 2027."),
        ("/api/events/1/guests", {**GUEST, "email": ""}, "Where should the invitation go?"),
        ("/api/settings", {**SETTINGS, "timezone": ""}, "Choose a time zone."),
    ],
)
def test_wrong_field_is_refused_in_words(
    store: Store, path: str, fields: Fields, says: str
) -> None:
    before = store.events(), store.settings()
    reply = answer(store, "POST", path, fields)
    assert reply.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert json.loads(reply.body) == {"error": says}
    assert (store.events(), store.settings()) == before


@pytest.mark.parametrize("path", ["/nowhere", "/events/99", "/events/99/guests", "/static/no.css"])
def test_missing_page_answers_not_found(store: Store, path: str) -> None:
    reply = answer(store, "GET", path, {})
    assert reply.status == HTTPStatus.NOT_FOUND
    assert b"<html" in reply.body


@pytest.mark.parametrize(
    ("path", "kind"), [("/static/app.css", "text/css"), ("/static/app.js", "text/javascript")]
)
def test_static_file_has_its_type(store: Store, path: str, kind: str) -> None:
    assert answer(store, "GET", path, {}).kind.startswith(kind)


def test_reset_restores_the_seed(store: Store) -> None:
    before = json.loads(answer(store, "GET", "/api/events", {}).body)
    post(store, "/api/events", EVENT)
    post(store, "/__reset", {})
    assert json.loads(answer(store, "GET", "/api/events", {}).body) == before
