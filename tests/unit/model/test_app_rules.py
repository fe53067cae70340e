"""Rules for the keys of `[app]`."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from forge.model.app_rules import advice, problem_of, why_serial
from forge.model.app_settings import App

SERVER = {"command": ["serve", "{port}"]}
SITE = {"static": "site"}
FORM = {"fields": {"Email": "$SHOP_USER"}}
REMOTE = {"url": "https://staging.example.com/app"}


@pytest.mark.parametrize(
    "keys",
    [
        {},
        SERVER,
        SITE,
        REMOTE,
        {"url": "http://127.0.0.1:8000"},
        {"url": "https://t-{slot}.example.com"},
        {**SERVER, "ready": "/health"},
        {**SERVER, "ready": "log: Listening"},
        {**SERVER, "ready": "port"},
        {**SERVER, "reset": ["seed", "{port}"]},
        {**SERVER, "data": "seed", "env": {"DATABASE": "{data}/shop.db"}},
        {**SERVER, "data": "seed", "cwd": "{data}", "per": "worker"},
        {**REMOTE, "reset": "seed --all"},
        {**SITE, "start_page": "/about.html"},
    ],
)
def test_keys_that_go_together_pass(keys: dict[str, Any]) -> None:
    app = App.model_validate(keys)
    assert problem_of(app, has_data=app.data is not None) is None


@pytest.mark.parametrize(
    ("keys", "key", "says"),
    [
        ({**SERVER, **SITE}, "static", "command"),
        ({**SITE, **REMOTE}, "url", "static"),
        ({"data": "seed"}, "data", "no app"),
        ({**REMOTE, "sign_in": {"page": "/in"}}, "sign_in", "it names no fields"),
        ({**REMOTE, "sign_in": {**FORM, "page": "in"}}, "sign_in.page", "no path"),
        ({**REMOTE, "sign_in": {**FORM, "button": " "}}, "sign_in", "empty name"),
        ({**SITE, "sign_in": FORM}, "sign_in", "static"),
        ({"start_page": "/x"}, "start_page", "no app"),
        ({**SITE, "ready": "/"}, "ready", "static"),
        ({**SITE, "data": "seed"}, "data", "static"),
        ({**REMOTE, "port": 80}, "port", "url"),
        ({"url": "staging.example.com"}, "url", "no address"),
        ({"url": "ftp://example.com"}, "url", "no address"),
        ({"url": "http://[::"}, "url", "no address"),
        ({"url": "https://me:secret@example.com"}, "url", "password"),
        ({"url": "https://example.com/?a=1"}, "url", "more than a path"),
        ({"url": "https://{port}.example.com"}, "url", "{port}"),
        ({"command": [" "]}, "command", "empty"),
        ({**SERVER, "ready": "soon"}, "ready", "no condition"),
        ({**SERVER, "ready": "log: "}, "ready", "no condition"),
        ({**SERVER, "env": {"A=B": "1"}}, "env", "A=B"),
        ({**SERVER, "per": "worker"}, "per", "no data"),
        ({"command": ["serve", "{prot}"]}, "command", "{prot}"),
        ({"command": ["serve", "{data}"]}, "command", "{data}"),
        ({**SERVER, "env": {"A": "{where}"}}, "env", "{where}"),
        ({**SERVER, "log": "logs/{port}.log"}, "log", "{port}"),
        ({**SERVER, "start_page": "events"}, "start_page", "no path"),
    ],
)
def test_wrong_keys_are_named(keys: dict[str, Any], key: str, says: str) -> None:
    app = App.model_validate(keys)
    problem = problem_of(app, has_data=app.data is not None)
    assert problem
    assert (problem.key, says in problem.message) == (key, True)


def test_data_of_a_class_counts_as_data() -> None:
    app = App.model_validate({"command": ["serve", "{port}", "{data}"]})
    assert problem_of(app, has_data=True) is None


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        (SERVER, ""),
        (SITE, ""),
        ({"command": ["serve"], "env": {"PORT": "{port}"}}, ""),
        ({**REMOTE, "parallel_safe": True}, ""),
        ({"command": ["serve"], "parallel_safe": True}, ""),
        (REMOTE, "parallel_safe = true"),
        ({"command": ["serve", "8000"]}, "{port}"),
        ({"command": ["serve"], "port": 8000}, "{port}"),
        ({**SERVER, "parallel_safe": False}, "parallel_safe = false"),
    ],
)
def test_an_app_with_a_port_of_its_own_is_parallel_safe(keys: dict[str, Any], says: str) -> None:
    why = why_serial(App.model_validate(keys))
    assert says in why
    assert bool(why) == bool(says)


def test_a_command_may_be_one_text_and_a_variable_a_number() -> None:
    app = App.model_validate({"command": 'serve "a folder" -v', "env": {"PORT": 8000}})
    assert (app.command, app.env) == (("serve", "a folder", "-v"), {"PORT": "8000"})
    assert App.model_validate({"command": ["serve", 8000]}).command == ("serve", "8000")


def test_a_command_without_its_second_quote_is_refused() -> None:
    with pytest.raises(ValidationError, match="quotation"):
        App.model_validate({"command": 'serve "a'})


@pytest.mark.parametrize(
    ("keys", "warns"),
    [
        (SERVER, False),
        ({**SERVER, "data": "seed"}, True),
        ({"command": ["serve", "{port}", "{data}"], "data": "seed"}, False),
        ({**SERVER, "data": "seed", "cwd": "{data}"}, False),
    ],
)
def test_data_that_nothing_names_is_pointed_out(keys: dict[str, Any], warns: bool) -> None:
    app = App.model_validate(keys)
    assert problem_of(app, has_data=app.data is not None) is None
    assert ("FORGE_DATA" in advice(app)) is warns


@pytest.mark.parametrize(
    ("value", "warns"),
    [("$HOME/data", True), ("${HOME}", True), ("$HOME", False), ("$5", False), ("$2b$x", False)],
)
def test_a_variable_inside_of_a_longer_value_is_warned_about(value: str, warns: bool) -> None:
    said = advice(App(command=("serve",), env={"DATA": value}))
    assert ("app.env.DATA: a $ inside" in said) is warns
