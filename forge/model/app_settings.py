"""`[app]`: how an app is started, what it is given, and where it answers.

`forge.adapters.app_table` makes an adapter of it. The text under each field is its documentation,
as in `forge.model.settings`.
"""

from __future__ import annotations

import shlex
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from forge.model.secret_names import SecretName
from forge.model.section import Section

Kind = Literal["command", "static", "url"]


def _split(value: object) -> object:
    """Split a command that is one text, as a shell does."""
    return shlex.split(value) if isinstance(value, str) else value


Text = Annotated[str, Field(coerce_numbers_to_str=True)]  # "--port", 8000
Command = Annotated[tuple[Text, ...], BeforeValidator(_split)]


class SignIn(Section):
    """`[app.sign_in]`: the form to sign in with, which is filled in once for each lane, before the
    recording."""

    page: str = "/login"
    """The path of the page with the form, or its whole address if that is another site's."""
    fields: dict[str, SecretName] = {}
    """What is typed into each field, by its label. A value is the name of an environment variable,
    such as `$SHOP_PASSWORD`; `{slot}` in it is the number of the lane's slot."""
    button: str = "Sign in"
    """The name of the button that sends the form."""
    done: str | None = None
    """What the app shows to those who are signed in: a CSS selector, or `text: …`. Default: a page
    without the form, at rest."""


class App(Section):
    """`[app]`: the app that tutorials show, in place of an adapter. Name one of `command`,
    `static` and `url`; the texts of most keys may have `{port}`, `{slot}`, `{data}` and `{dir}`
    in them."""

    command: Command = ()
    """The program that serves the app, and its arguments."""
    static: Path | None = None
    """A folder of plain pages, which forge serves."""
    url: str | None = None
    """The address of an app that runs elsewhere."""
    start_page: str = "/"
    """The path of the page that is open when the first step begins."""
    wait_for: str | None = None
    """What the start page shows when it is ready: a CSS selector, or `text: …`. Default: the
    page's own event `load`."""
    ready: str | None = None
    """When the app is ready: a path that it answers with a status below 500, `log: …` (a text in
    what it prints), or `port` (it accepts connections). Default: the start page answers."""
    timeout_s: Annotated[float, Field(gt=0, le=3600)] = 60.0
    """[s] The longest time until the app is ready, and for `reset`."""
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    """The port of an app that cannot be given one. Default: `{port}`, a free one."""
    cwd: str | None = None
    """The folder that the app is started in. Default: the project's."""
    env: dict[str, Text] = {}
    """Environment variables of the app, besides those of forge's own environment, which it gets,
    too. A value `$NAME` is that of a variable there or in `.env`, and is not shown in messages."""
    home: Literal["own", "user"] = "own"
    """`own`: the app finds HOME, the XDG folders and TMPDIR in its slot; `user`: those of the
    user."""
    log: Path | None = None
    """The file for what the app prints; `{slot}` is the number of the slot. Default:
    `app-{slot}.log` beside the batch's other logs."""
    data: str | None = None
    """A folder or a file of the project that the app writes to, or `postgresql://server/template`.
    It works on a copy, `{data}`: a path, or the address of a database."""
    per: Literal["render", "worker"] = "render"
    """`render`: `data` is copied, and the app started, before each render; `worker`: once for each
    lane."""
    reset: Command = ()
    """A command that runs before each render, while the app runs."""
    date: datetime | None = None
    """The app's date and time at its start, such as `2026-01-01T12:00:00Z`; needs libfaketime."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] | None = None
    """A number that the app finds in FORGE_SEED and PYTHONHASHSEED, for its random numbers."""
    parallel_safe: bool | None = None
    """True if several renders may use the app at once. Default: they may if each has its own port
    and data."""
    localized: bool = False
    """True if the app looks different in each language, so that each is recorded."""
    sign_in: SignIn | None = None

    @property
    def data_path(self) -> str | None:
        """`data` if it is a path in the project; None if it is a database on a server."""
        return None if "://" in (self.data or "") else self.data

    @property
    def kind(self) -> Kind | None:
        """The way in which the app is reached; None without an app."""
        if self.command:
            return "command"
        if self.static is not None:
            return "static"
        return "url" if self.url is not None else None
