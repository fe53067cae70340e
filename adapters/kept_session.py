"""What makes a browser signed in: its cookies, and storage and databases of the app's origin.

It is kept in the memory of the worker only: in no file, and no message shows it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from forge.text.redact import hide

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

#: A text that is stored, and may be the key to a session: no sentence, and no address.
TOKEN = re.compile(r"(?=.*\d)[\w.+/=~%-]{20,}")
#: A path of most apps that is no page with scripts, which would use the databases that are written.
QUIET = "/favicon.ico"
_JS = Path(__file__).with_name("js")
_SET = ("name", "value", "path", "secure", "httpOnly", "sameSite", "priority", "partitionKey")


def run(browser: Chrome, name: str, *arguments: object) -> Any:
    """Run the expression in `js/<name>.js` in the page; return its value."""
    return browser.execute_script(f"return (\n{_read(name)})", *arguments)


def look(browser: Chrome, name: str) -> Any:
    """Return the value of the expression in `js/<name>.js`, which only looks at the page.

    WebDriver ends a script with None when a dialog opens meanwhile, and reports the dialog as the
    error of the next command: so the expression is sent again.
    """
    value = run(browser, name)
    return run(browser, name) if value is None else value


def _read(name: str) -> str:
    return (_JS / f"{name}.js").read_text(encoding="utf-8")


def origin_of(url: str) -> str:
    """Return scheme, host and port of a URL."""
    return urlunsplit((*urlsplit(url)[:2], "", "", ""))


@dataclass(frozen=True)
class KeptSession:
    """The state of a browser that is signed in.

    `base` is the origin of the sign-in page. An app that is started again may have another port: so
    what belongs to `base` is put back for the origin that the page has then.
    """

    base: str
    landing: str  # the address that the app showed after signing in
    cookies: tuple[dict[str, Any], ...] = field(repr=False)
    storage: tuple[Any, ...] = field(repr=False)
    databases: tuple[Any, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, browser: Chrome, base: str) -> KeptSession:
        """Read the state of `browser`, and hide its values from messages."""
        cookies = browser.execute_cdp_cmd("Storage.getCookies", {})["cookies"]
        storage, databases = look(browser, "read_storage"), _databases(browser)
        for cookie in cookies:
            hide(cookie["value"])
        entries = [store["entries"] for database in databases for store in database["stores"]]
        for text in filter(TOKEN.fullmatch, _texts([storage[1:], entries])):
            hide(text)
        return cls(base, browser.current_url, tuple(cookies), tuple(storage), tuple(databases))

    def landing_at(self, base: str) -> str:
        """Return the address to open, where the sign-in page is now at the origin `base`."""
        return self._moved(self.landing, base)

    def open(self, browser: Chrome, url: str, base: str) -> None:
        """Give the state to `browser`, which is fresh, and open `url` in it."""
        cookies = [_to_set(cookie) for cookie in self.cookies]
        browser.execute_cdp_cmd("Storage.setCookies", {"cookies": cookies})
        origin, *entries = self.storage
        origin = self._moved(origin, base)
        if self.databases:
            _write(browser, f"{origin}{QUIET}", self.databases)
        kept = json.dumps([origin, *entries])
        source = _read("write_storage").replace("KEPT", kept)
        added = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": source})
        try:
            browser.get(url)
        finally:  # else each new page would undo what the app has stored since
            browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)

    def clear(self, browser: Chrome) -> None:
        """Remove the state from `browser`: it has expired, and may keep the app from signing in."""
        browser.execute_cdp_cmd("Storage.clearCookies", {})
        browser.execute_script("localStorage.clear(); sessionStorage.clear()")
        where = {"origin": origin_of(browser.current_url), "storageTypes": "indexeddb"}
        browser.execute_cdp_cmd("Storage.clearDataForOrigin", where)

    def _moved(self, url: str, base: str) -> str:
        return base + url.removeprefix(self.base) if origin_of(url) == self.base else url


def _write(browser: Chrome, url: str, databases: tuple[Any, ...]) -> None:
    """Write databases for the origin of `url`. Without them, the app is signed in to again."""
    from selenium.common.exceptions import WebDriverException

    with suppress(WebDriverException):
        browser.get(url)
        run(browser, "write_databases", databases)


def _databases(browser: Chrome) -> list[dict[str, Any]]:
    """Return the databases of the page's origin; none if it goes to another page meanwhile."""
    from selenium.common.exceptions import WebDriverException

    try:
        found: list[dict[str, Any]] = look(browser, "read_databases")
    except WebDriverException:
        return []
    return found


def _to_set(cookie: dict[str, Any]) -> dict[str, Any]:
    """Return a cookie as it was read in the form in which it is set."""
    wanted = {key: cookie[key] for key in _SET if key in cookie}
    if not cookie["session"]:
        wanted["expires"] = cookie["expires"]
    if cookie["domain"].startswith("."):
        return {**wanted, "domain": cookie["domain"]}
    # With a domain it would become a cookie of all hosts below it.
    scheme = "https" if cookie["secure"] else "http"
    return {**wanted, "url": f"{scheme}://{cookie['domain']}{cookie['path']}"}


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts in what is stored; many apps store objects as JSON."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value
        if value[:1] in ("{", "["):
            try:
                yield from _texts(json.loads(value))
            except (ValueError, RecursionError):
                return
