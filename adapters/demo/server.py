"""Lumen Events, an event planning tool: the web app that the demo tutorials walk through.

    python -P server.py DATABASE

binds a free port of 127.0.0.1, prints the port on stdout and serves until its stdin ends, so it
never outlives the process that started it. Standard library only, and in one file, because it
runs by path in an interpreter that has `forge` neither installed nor on its path.

Nothing here depends on the wall clock or on chance: the same requests give the same pages.
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template
from typing import Any

HERE = Path(__file__).resolve().parent
SAVE_S = 1.2  # how long saving takes: long enough to be worth a word in a tutorial
MAX_BODY_BYTES = 100_000
STOP_POLL_S = 0.05

VENUES = ("Riverside Hall", "The Glasshouse", "City Library", "Old Foundry", "Botanical Garden")
TIME_ZONES = ("Europe/Madrid", "Europe/London", "America/New York", "Asia/Tokyo")
ROLES = ("Guest", "Speaker", "Volunteer")
ANSWERS = ("Accepted", "Accepted", "Invited", "Accepted", "Declined")

Row = dict[str, Any]
Fields = dict[str, str]


class Invalid(ValueError):
    """What somebody typed cannot be saved; the text is shown to them."""


class Missing(LookupError):
    """There is no such page or event."""


class Store:
    """The app's data, in an SQLite file; every call is a transaction of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self, sql: str, *values: object) -> list[Row]:
        """Every row `sql` finds, as column name → value."""
        with closing(sqlite3.connect(self._path)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql, values)]

    def write(self, sql: str, *values: object) -> int:
        """Run `sql`; the id of the row it inserted."""
        with closing(sqlite3.connect(self._path)) as connection, connection:
            return connection.execute(sql, values).lastrowid or 0

    def reset(self) -> None:
        """Forget everything and start from the seed."""
        seed = json.loads((HERE / "data" / "seed.json").read_text("utf-8"))
        with closing(sqlite3.connect(self._path)) as connection:
            connection.executescript((HERE / "data" / "schema.sql").read_text("utf-8"))
            with connection:
                connection.executemany(
                    "INSERT INTO setting VALUES (?, ?)", seed["settings"].items()
                )
                for event in seed["events"]:
                    _insert_event(connection, event, seed["people"])

    def events(self) -> list[Row]:
        """All events with their guest counts, the earliest first."""
        return self.rows(f"{_EVENTS} GROUP BY event.id ORDER BY event.day, event.id")

    def event(self, event_id: str) -> Row:
        """One event with its guest count. Raises `Missing`."""
        found = self.rows(f"{_EVENTS} WHERE event.id = ? GROUP BY event.id", event_id)
        if not found:
            raise Missing(f"event {event_id}")
        return found[0]

    def guests(self, event_id: str) -> list[Row]:
        """The guests of an event, numbered from 1 in the order they were invited."""
        order = "row_number() OVER (ORDER BY id) AS number"
        return self.rows(f"SELECT *, {order} FROM guest WHERE event_id = ?", event_id)  # noqa: S608

    def settings(self) -> Fields:
        """The workspace's settings."""
        return {row["name"]: row["value"] for row in self.rows("SELECT * FROM setting")}


_EVENTS = (
    "SELECT event.*, count(guest.id) AS guests FROM event LEFT JOIN guest ON event_id = event.id"
)
_ADD_EVENT = (
    "INSERT INTO event (title, venue, day, about, status, listed) VALUES (?, ?, ?, ?, ?, ?)"
)
_ADD_GUEST = "INSERT INTO guest (event_id, name, email, role, answer) VALUES (?, ?, ?, ?, ?)"
_ADD_ITEM = "INSERT INTO programme (event_id, starts, title) VALUES (?, ?, ?)"


def _insert_event(connection: sqlite3.Connection, event: Row, people: list[str]) -> None:
    values = [event[key] for key in ("title", "venue", "day", "about", "status", "listed")]
    event_id = connection.execute(_ADD_EVENT, values).lastrowid
    connection.executemany(_ADD_ITEM, [(event_id, *item) for item in event["programme"]])
    for number, name in enumerate(people[: event["guests"]]):
        email = name.lower().replace(" ", ".") + "@example.com"
        role = "Speaker" if number % 12 == 3 else "Guest"
        answer = ANSWERS[number % len(ANSWERS)]
        connection.execute(_ADD_GUEST, (event_id, name, email, role, answer))


class Html(str):
    """Text that is HTML already; all other text is escaped when it is put into a template."""


@cache
def _template(name: str) -> Template:
    return Template((HERE / "templates" / f"{name}.html").read_text("utf-8"))


def render(name: str, /, **values: object) -> Html:
    """The template `name` with `values` filled in, each escaped unless it is `Html`."""
    safe = {k: v if isinstance(v, Html) else escape(str(v)) for k, v in values.items()}
    return Html(_template(name).substitute(safe))


def render_all(name: str, rows: Iterable[Row]) -> Html:
    """The template `name` once per row."""
    return Html("".join(render(name, **row) for row in rows))


def options(words: Iterable[str], chosen: str = "") -> Html:
    """The `<option>`s of a `<select>`."""
    rows = ({"word": word, "mark": Html("selected" if word == chosen else "")} for word in words)
    return render_all("option", rows)


def mark(here: str, *names: str) -> dict[str, Html]:
    """`<name>_here` for each of `names`: the attribute that marks a link as the current one."""
    return {f"{name}_here": Html('aria-current="page"' if name == here else "") for name in names}


@dataclass(frozen=True)
class Reply:
    """What goes back to the browser."""

    body: bytes
    kind: str = "text/html; charset=utf-8"
    status: HTTPStatus = HTTPStatus.OK


def as_json(value: object, status: HTTPStatus = HTTPStatus.OK) -> Reply:
    """`value` as a JSON reply."""
    return Reply(json.dumps(value).encode(), "application/json", status)


def page(store: Store, title: str, body: Html, here: str = "events") -> Reply:
    """A whole page: `body` inside the frame with the navigation, where `here` is marked."""
    marks = mark(here, "events", "settings")
    workspace = store.settings()["workspace"]
    return Reply(render("layout", title=title, body=body, workspace=workspace, **marks).encode())


def with_day(event: Row) -> Row:
    """`event` with its day in the parts and the spelling that pages show."""
    day = date.fromisoformat(event["day"])
    return event | {
        "month": f"{day:%b}",
        "number": day.day,
        "long_day": f"{day.day} {day:%B %Y}",
        "pill": event["status"].lower(),
        "people": "1 guest" if event["guests"] == 1 else f"{event['guests'] or 'No'} guests",
        "visibility": "Listed publicly" if event["listed"] else "By invitation only",
    }


def events_page(store: Store, _: Fields) -> Reply:
    """The list of events."""
    events = [with_day(event) for event in store.events()]
    count = f"{len(events)} events planned"
    return page(store, "Events", render("events", cards=render_all("card", events), count=count))


def new_event_page(store: Store, _: Fields) -> Reply:
    """The form for a new event."""
    return page(store, "New event", render("new_event", venues=options(VENUES)))


def event_page(store: Store, _: Fields, event_id: str) -> Reply:
    """One event at a glance."""
    event = with_day(store.event(event_id))
    items = store.rows("SELECT * FROM programme WHERE event_id = ? ORDER BY starts", event_id)
    programme = render_all("programme_item", items) or render("programme_empty")
    body = render("event", head=_event_head(event, "overview"), programme=programme, **event)
    return page(store, event["title"], body)


def guests_page(store: Store, _: Fields, event_id: str) -> Reply:
    """The guest list of an event, with the dialog that invites one more."""
    event = with_day(store.event(event_id))
    rows = render_all("guest", map(_with_initials, store.guests(event_id)))
    head = _event_head(event, "guests")
    body = render("guests", head=head, rows=rows, roles=options(ROLES), **event)
    return page(store, f"Guests of {event['title']}", body)


def settings_page(store: Store, _: Fields) -> Reply:
    """The workspace's settings."""
    settings = store.settings()
    zones = options(TIME_ZONES, settings["timezone"])
    checked = Html("checked") if settings["reminders"] == "on" else ""
    body = render("settings", workspace=settings["workspace"], zones=zones, checked=checked)
    return page(store, "Settings", body, "settings")


def _event_head(event: Row, tab: str) -> Html:
    return render("event_head", **event, **mark(tab, "overview", "guests"))


def _with_initials(guest: Row) -> Row:
    initials = "".join(word[0] for word in guest["name"].split()[:2]).upper()
    pill, tint = guest["answer"].lower(), guest["number"] % 5
    return guest | {"initials": initials, "pill": pill, "tint": tint}


def list_events(store: Store, _: Fields) -> Reply:
    """All events as JSON."""
    return as_json(store.events())


def create_event(store: Store, fields: Fields) -> Reply:
    """Save a new event as a draft and say where it is."""
    title = required(fields, "title", "Give the event a name.")
    venue = one_of(fields, "venue", VENUES, "Choose a venue.")
    day = parse_day(fields.get("day", ""))
    time.sleep(SAVE_S)
    about = fields.get("about", "").strip()
    event_id = store.write(_ADD_EVENT, title, venue, day, about, "Draft", "listed" in fields)
    return as_json({"toast": f"“{title}” is saved as a draft", "next": f"/events/{event_id}"})


def invite_guest(store: Store, fields: Fields, event_id: str) -> Reply:
    """Add a guest to an event; the reply holds the new row of the list."""
    event = store.event(event_id)
    name = required(fields, "name", "Who do you want to invite?")
    email = required(fields, "email", "Where should the invitation go?")
    role = one_of(fields, "role", ROLES, "Choose a role.")
    time.sleep(SAVE_S)
    store.write(_ADD_GUEST, event["id"], name, email, role, "Invited")
    row = render("guest", **_with_initials(store.guests(event_id)[-1]))
    people = with_day(store.event(event_id))["people"]
    return as_json({"toast": f"Invitation sent to {name}", "row": row, "people": people})


def save_settings(store: Store, fields: Fields) -> Reply:
    """Save the workspace's settings."""
    values = {
        "workspace": required(fields, "workspace", "Give the workspace a name."),
        "timezone": one_of(fields, "timezone", TIME_ZONES, "Choose a time zone."),
        "reminders": "on" if "reminders" in fields else "off",
    }
    time.sleep(SAVE_S)
    for name, value in values.items():
        store.write("UPDATE setting SET value = ? WHERE name = ?", value, name)
    return as_json({"toast": "Settings saved", "next": "/settings"})


def reset(store: Store, _: Fields) -> Reply:
    """Back to the seed: what the adapter asks for before each render."""
    store.reset()
    return as_json({})


def required(fields: Fields, name: str, complaint: str) -> str:
    """The text of a field that must not be empty. Raises `Invalid`."""
    value = fields.get(name, "").strip()
    if not value:
        raise Invalid(complaint)
    return value


def one_of(fields: Fields, name: str, words: tuple[str, ...], complaint: str) -> str:
    """The text of a field that must be one of `words`. Raises `Invalid`."""
    value = fields.get(name, "")
    if value not in words:
        raise Invalid(complaint)
    return value


def parse_day(text: str) -> str:
    """A day as people type it, `12 June 2027`, as an ISO date. Raises `Invalid`."""
    try:
        return datetime.strptime(text.strip(), "%d %B %Y").date().isoformat()
    except ValueError:
        raise Invalid("Write the date like 12 June 2027.") from None


def static_file(_: Store, __: Fields, name: str, suffix: str) -> Reply:
    """The style sheet or the script."""
    kind = {"css": "text/css", "js": "text/javascript"}[suffix]
    try:
        return Reply((HERE / "static" / f"{name}.{suffix}").read_bytes(), f"{kind}; charset=utf-8")
    except FileNotFoundError:
        raise Missing(name) from None


def favicon(_: Store, __: Fields) -> Reply:
    """No icon; saying so keeps an error out of the browser's log."""
    return Reply(b"", status=HTTPStatus.NO_CONTENT)


ROUTES: tuple[tuple[str, str, Callable[..., Reply]], ...] = (
    ("GET", r"/", events_page),
    ("GET", r"/events/new", new_event_page),
    ("GET", r"/events/(\d+)", event_page),
    ("GET", r"/events/(\d+)/guests", guests_page),
    ("GET", r"/settings", settings_page),
    ("GET", r"/static/([a-z]+)\.(css|js)", static_file),
    ("GET", r"/favicon\.ico", favicon),
    ("GET", r"/api/events", list_events),
    ("POST", r"/api/events", create_event),
    ("POST", r"/api/events/(\d+)/guests", invite_guest),
    ("POST", r"/api/settings", save_settings),
    ("POST", r"/__reset", reset),
)


def answer(store: Store, method: str, path: str, fields: Fields) -> Reply:
    """Find the route and follow it; what cannot be saved or found has a reply too."""
    try:
        for verb, pattern, view in ROUTES:
            if verb == method and (match := re.fullmatch(pattern, path)):
                return view(store, fields, *match.groups())
        raise Missing(path)
    except Missing:
        missing = page(store, "Not found", render("missing"))
        return Reply(missing.body, status=HTTPStatus.NOT_FOUND)
    except Invalid as complaint:
        return as_json({"error": str(complaint)}, HTTPStatus.UNPROCESSABLE_ENTITY)


class Handler(BaseHTTPRequestHandler):
    """One request; the server's `store` is where the data is."""

    store: Store

    def do_GET(self) -> None:
        """Show a page."""
        self._send(answer(self.store, "GET", self.path.partition("?")[0], {}))

    def do_POST(self) -> None:
        """Save what the JSON body holds."""
        size = int(self.headers.get("content-length") or 0)
        try:
            if size > MAX_BODY_BYTES:
                raise ValueError("too much")
            fields = {str(k): str(v) for k, v in json.loads(self.rfile.read(size)).items()}
        except (ValueError, AttributeError):
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        self._send(answer(self.store, "POST", self.path, fields))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's word
        """Say nothing: stderr is kept for what went wrong."""

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("content-type", reply.kind)
        self.send_header("content-length", str(len(reply.body)))
        self.send_header("cache-control", "no-store")
        self.end_headers()
        self.wfile.write(reply.body)


def main(database: Path) -> None:
    """Serve until stdin ends."""
    Handler.store = Store(database)
    Handler.store.reset()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(STOP_POLL_S,), daemon=True).start()
        print(server.server_port, flush=True)
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
