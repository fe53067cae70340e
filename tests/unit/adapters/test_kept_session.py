"""What is kept of a session, and how it is put into the next browser."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
from selenium.common.exceptions import JavascriptException

from forge.adapters.kept_session import KeptSession
from forge.text import redact

TOKEN = "eyJhbGciOi.9876543210.x"


class FakeBrowser:
    """A browser with cookies and storage; `calls` has what it was told over DevTools."""

    current_url = "http://127.0.0.1:5000/home?a=1"

    def __init__(
        self, cookies: list[dict[str, Any]], storage: list[Any], databases: list[Any] | None = None
    ) -> None:
        self._cookies, self._storage, self._databases = cookies, storage, databases or []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.scripts: list[tuple[str, tuple[Any, ...]]] = []

    def execute_cdp_cmd(self, command: str, params: dict[str, Any]) -> dict[str, Any]:
        self.calls.append((command, params))
        added = {"identifier": "7"} if command.startswith("Page.add") else {}
        return {"cookies": self._cookies} if command == "Storage.getCookies" else added

    def execute_script(self, script: str, *arguments: Any) -> Any:
        self.scripts.append((script, arguments))
        return self._databases if "indexedDB" in script else self._storage

    def get(self, url: str) -> None:
        self.calls.append(("get", {"url": url}))


@pytest.fixture(autouse=True)
def _nothing_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redact, "_hidden", set())


def cookie(domain: str, **more: Any) -> dict[str, Any]:
    usual = {"name": "id", "value": "c00kie", "path": "/", "secure": False, "session": True}
    return {**usual, "domain": domain, "expires": -1, "size": 8, **more}


def kept(
    cookies: list[dict[str, Any]], storage: list[Any], databases: list[Any] | None = None
) -> KeptSession:
    browser = FakeBrowser(cookies, storage, databases)
    return KeptSession.of(cast("Any", browser), "http://127.0.0.1:5000")


def test_cookies_are_set_for_the_same_hosts() -> None:
    session = kept(
        [
            cookie("127.0.0.1", httpOnly=True),
            cookie(".shop.example", session=False, expires=9.5, sameSite="Lax"),
            cookie("in.example", secure=True, path="/a"),
        ],
        ["http://127.0.0.1:5000", [], []],
    )
    browser = FakeBrowser([], [])
    session.open(cast("Any", browser), "http://127.0.0.1:6000/", "http://127.0.0.1:6000")
    command, params = browser.calls[0]
    assert command == "Storage.setCookies"
    usual = {"name": "id", "value": "c00kie", "path": "/", "secure": False}
    assert params["cookies"] == [
        {**usual, "httpOnly": True, "url": "http://127.0.0.1/"},
        {**usual, "sameSite": "Lax", "expires": 9.5, "domain": ".shop.example"},
        {**usual, "secure": True, "path": "/a", "url": "https://in.example/a"},
    ]


def test_storage_is_set_at_the_apps_new_origin_for_one_page() -> None:
    session = kept([], ["http://127.0.0.1:5000", [["t", "</script>'\""]], [["s", "1"]]])
    browser = FakeBrowser([], [])
    session.open(cast("Any", browser), "http://127.0.0.1:6000/home", "http://127.0.0.1:6000")
    _, (added, params), got, (removed, which) = browser.calls
    wanted = ["http://127.0.0.1:6000", [["t", "</script>'\""]], [["s", "1"]]]
    assert json.dumps(wanted) in params["source"]
    assert added == "Page.addScriptToEvaluateOnNewDocument"
    assert got == ("get", {"url": "http://127.0.0.1:6000/home"})
    assert (removed, which) == (
        "Page.removeScriptToEvaluateOnNewDocument",
        {"identifier": "7"},
    )


def test_landing_page_follows_the_app_to_another_port() -> None:
    session = kept([], ["http://127.0.0.1:5000", [], []])
    assert session.landing_at("http://127.0.0.1:6000") == "http://127.0.0.1:6000/home?a=1"


def test_messages_show_neither_cookies_nor_tokens_but_other_texts() -> None:
    inner = {"user": {"token": TOKEN, "name": "Ada Lovelace", "seen": 3}}
    session = kept(
        [cookie("a.example")],
        [
            "http://127.0.0.1:5000",
            [["auth", json.dumps(inner)], ["theme", "dark"]],
            [["k", "0123456789abcdef01234"]],
        ],
    )
    said = redact.without_passwords(f"c00kie {TOKEN} 0123456789abcdef01234 dark Ada Lovelace")
    assert said == "••• ••• ••• dark Ada Lovelace"
    assert "c00kie" not in repr(session)
    assert TOKEN not in repr(session)


def test_databases_are_written_before_a_page_of_the_app_is_opened() -> None:
    entry = [["plain", "user"], ["object", [["token", ["plain", TOKEN]]]]]
    databases = [{"name": "shop", "version": 1, "stores": [{"entries": [entry]}]}]
    session = kept([], ["http://127.0.0.1:5000", [], []], databases)
    assert TOKEN not in redact.without_passwords(f"the key is {TOKEN}")
    assert TOKEN not in repr(session)
    browser = FakeBrowser([], [])
    session.open(cast("Any", browser), "http://127.0.0.1:6000/home", "http://127.0.0.1:6000")
    opened = [params["url"] for command, params in browser.calls if command == "get"]
    assert opened == ["http://127.0.0.1:6000/favicon.ico", "http://127.0.0.1:6000/home"]
    assert [given for _, given in browser.scripts] == [(tuple(databases),)]


def test_a_page_that_goes_away_while_it_is_read_has_no_databases() -> None:
    class Leaves(FakeBrowser):
        def execute_script(self, script: str, *arguments: Any) -> Any:
            if "indexedDB" in script:
                raise JavascriptException("document unloaded while waiting for result")
            return super().execute_script(script, *arguments)

    browser = Leaves([], ["http://127.0.0.1:5000", [["a", "b"]], []])
    session = KeptSession.of(cast("Any", browser), "http://127.0.0.1:5000")
    assert (session.databases, session.storage[1]) == ((), [["a", "b"]])
