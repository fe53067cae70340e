"""Rules for the keys of `[app]`: which go together, and when several renders may use the app."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from forge.model.app_settings import App, SignIn
from forge.model.secret_names import VARIABLE
from forge.text.placeholders import names_in

KINDS = ("command", "static", "url")
ALWAYS = {"start_page", "wait_for", "timeout_s", "log", "parallel_safe", "localized"}
#: The keys beside the first that each kind of app may have.
ALLOWED = {
    "command": set(App.model_fields),
    "static": ALWAYS,
    "url": {*ALWAYS, "sign_in", "reset", "cwd", "env", "home"},
}
IN_SHELL = re.compile(r"\$\{?[A-Z_][A-Z0-9_]*\b")  # what a shell would replace
PLACEHOLDERS = {"port", "slot", "data", "dir"}
READY = 'write a path such as "/health", "log: " and a text, or "port"'


class Problem(NamedTuple):
    """What is wrong with the key `key` of an app."""

    key: str
    message: str
    hint: str = ""


def problem_of(app: App, *, has_data: bool) -> Problem | None:
    """Return the first thing that is wrong with `app`; None if nothing is.

    `has_data`: it has data of its own, by the key `data` or by a class.
    """
    return next(_problems(app, has_data), None)


def why_serial(app: App) -> str:
    """Return what to write so that two renders may use `app` at once; empty if they may."""
    if app.parallel_safe is not None:
        return "" if app.parallel_safe else "take out parallel_safe = false, if that is so"
    if app.kind == "url":
        return (
            "add parallel_safe = true, if renders do not disturb each other in the app at this url"
        )
    if app.kind == "command" and "port" not in names_in((*app.command, *app.env.values())):
        return (
            "write {port} where command or env has the port, so that each lane gets its own; or"
            " add parallel_safe = true, if the app chooses a free one"
        )
    return ""


def advice(app: App) -> str:
    """Return a warning about keys that are allowed and rarely meant; empty if there are none."""
    return "; ".join(_advice(app))


def _advice(app: App) -> Iterator[str]:
    used = names_in((*app.command, *app.env.values(), *app.reset, app.cwd or ""))
    if app.data is not None and "data" not in used:
        yield (
            "app.data is copied, but the app finds the copy in the variable FORGE_DATA alone; if it"
            " does not read that, write {data} in command, env, cwd or reset"
        )
    for name, value in app.env.items():
        if IN_SHELL.search(value) and not VARIABLE.fullmatch(value):
            yield (
                f"app.env.{name}: a $ inside of a longer value is passed on as it is; only a whole"
                " value such as $NAME stands for a variable"
            )


def _problems(app: App, has_data: bool) -> Iterator[Problem]:
    named = [kind for kind in KINDS if getattr(app, kind) not in ((), None)]
    others = [key for key in App.model_fields if key not in KINDS and _is_set(app, key)]
    if len(named) > 1:
        yield Problem(named[1], f"does not go together with {named[0]}", "name one of the two")
    if not named:
        if others or has_data:
            key = others[0] if others else "data"
            yield Problem(key, "there is no app that it belongs to", _one_of())
        return
    (kind,) = named[:1]
    for key in others:
        if key not in ALLOWED[kind]:
            yield Problem(key, f"means nothing for an app that is named by {kind}", "remove it")
    if kind == "url":
        yield from _of_url(app)
    if kind == "command":
        yield from _of_command(app, has_data)
    if not app.start_page.startswith("/"):
        yield Problem("start_page", f"{app.start_page!r} is no path", 'write a path: "/events"')
    if app.sign_in:
        yield from _of_sign_in(app.sign_in)
    yield from _of_placeholders(app, has_data)


def _of_sign_in(form: SignIn) -> Iterator[Problem]:
    if not form.page.startswith(("/", "http://", "https://")):
        yield Problem("sign_in.page", f"{form.page!r} is no path", 'write a path: "/login"')
    if not form.fields:
        example = 'fields = { "Email" = "$SHOP_USER", "Password" = "$SHOP_PASSWORD" }'
        yield Problem("sign_in", "it names no fields", f"name them by their labels: {example}")
    if "" in (form.button.strip(), *(label.strip() for label in form.fields)):
        yield Problem("sign_in", "a field or the button has an empty name", "write its label")


def _of_url(app: App) -> Iterator[Problem]:
    try:
        parts = urlsplit(app.url or "")
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if not whole:
        yield Problem("url", f"{app.url!r} is no address", 'write "https://staging.example.com"')
    elif "@" in parts.netloc:
        yield Problem("url", "it has a user or a password in it", "sign in with [app.sign_in]")
    elif parts.query or parts.fragment:
        yield Problem("url", "it has more than a path", "write the rest in start_page")


def _of_command(app: App, has_data: bool) -> Iterator[Problem]:
    if not app.command[0].strip():
        yield Problem("command", "its first word is empty", "write the program and its arguments")
    if app.ready is not None:
        text = app.ready.removeprefix("log:") if app.ready.startswith("log:") else ""
        if not (app.ready.startswith("/") or app.ready == "port" or text.strip()):
            yield Problem("ready", f"{app.ready!r} is no condition", READY)
    for name in app.env:
        if not name or "=" in name:
            yield Problem("env", f"{name!r} is no name of a variable")
    if _is_set(app, "per") and not has_data:
        yield Problem("per", "there is no data that would be copied", 'add data = "folder"')


def _of_placeholders(app: App, has_data: bool) -> Iterator[Problem]:
    known = PLACEHOLDERS if has_data else PLACEHOLDERS - {"data"}
    if app.kind == "url":
        known = known - {"port"}
    texts: dict[str, tuple[str, ...]] = {
        "command": app.command,
        "reset": app.reset,
        "env": tuple(app.env.values()),
        "cwd": (app.cwd or "",),
        "start_page": (app.start_page,),
        "url": (app.url or "",),
        "log": (str(app.log or ""),),
    }
    for key, values in texts.items():
        allowed = {"slot"} if key in ("url", "log") else known
        for name in sorted(names_in(values) - allowed):
            hint = f"known here: {', '.join(f'{{{n}}}' for n in sorted(allowed))}; {{{{ is a brace"
            if name == "data":
                hint = 'name what is copied: data = "folder"'
            yield Problem(key, f"unknown placeholder {{{name}}}", hint)


def _is_set(app: App, key: str) -> bool:
    return bool(getattr(app, key) != App.model_fields[key].get_default())


def _one_of() -> str:
    return "name one: " + ", ".join(KINDS)
