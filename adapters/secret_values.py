"""Secrets: values that only the environment has, named as `$NAME` everywhere else."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from forge.errors import AdapterError
from forge.model.secret_names import LITERAL, VARIABLE
from forge.text.redact import hide

DOTENV = ".env"


def named_in(env: Mapping[str, str]) -> dict[str, str]:
    """Return those variables of an app whose whole value is the name of another, `$NAME`."""
    return {key: value for key, value in env.items() if VARIABLE.fullmatch(value)}


def read_secrets(
    named: Mapping[str, str], project_dir: Path, slot: int, where: str = "sign-in: "
) -> dict[str, str]:
    """Return the value of each variable that `named` has (`{"Email": "$SHOP_USER"}`).

    The environment wins over `.env` in the project's folder. From then on no message of this
    process shows the values. `{slot}` in a name is the number of the slot.

    Raises:
        AdapterError: a value is no name of a variable, or a variable is not set; the message
            begins with `where`.
    """
    require(named, project_dir, [slot], where)
    known = _known(project_dir)
    values = {key: known[_variable(name, slot)] for key, name in named.items()}
    for value in values.values():
        hide(value)
    return values


def require(named: Mapping[str, str], project_dir: Path, slots: Iterable[int], where: str) -> None:
    """Check that the variables of all `slots` are set, without reading their values.

    Raises:
        AdapterError: a value is no name of a variable, or a variable is not set; the message
            begins with `where`.
    """
    for key, name in named.items():
        if not VARIABLE.fullmatch(name):  # it may be the password itself: name only the field
            raise AdapterError(f"{where}the value of {key!r} {LITERAL}")
    known = _known(project_dir)
    names = dict.fromkeys(_variable(name, slot) for slot in slots for name in named.values())
    if missing := [name for name in names if not known.get(name)]:
        plural, verb = ("s", "are") if len(missing) > 1 else ("", "is")
        error = AdapterError(
            f"{where}the environment variable{plural} {', '.join(missing)} {verb} not set on"
            f" {os.uname().nodename}",
            hint=f"set {'them' if plural else 'it'} where forge is started, or in the project's"
            " .env; on another host, where `forge worker` is started: secrets are not sent there",
        )
        error.any_clock = True
        raise error


def _variable(name: str, slot: int) -> str:
    return name[1:].replace("{slot}", str(slot))


def _known(project_dir: Path) -> dict[str, str]:
    path = project_dir / DOTENV
    if not path.is_file():
        return dict(os.environ)
    from dotenv import dotenv_values

    own = dotenv_values(path, encoding="utf-8-sig")
    return {**{name: value or "" for name, value in own.items()}, **os.environ}
