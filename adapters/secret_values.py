"""Secrets of a sign-in: values that only the environment has, named as `$NAME` everywhere else."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from forge.errors import AdapterError
from forge.model.secret_names import LITERAL, VARIABLE
from forge.text.redact import hide

DOTENV = ".env"


def read_secrets(named: Mapping[str, str], project_dir: Path, slot: int) -> dict[str, str]:
    """Return the value of each variable that `named` has (`{"Email": "$SHOP_USER"}`).

    The environment wins over `.env` in the project's folder. From then on no message of this
    process shows the values. `{slot}` in a name is the number of the slot.

    Raises:
        AdapterError: a value is no name of a variable, or a variable is not set.
    """
    names = variables_of(named, slot)
    if missing := missing_variables(names.values(), project_dir):
        raise AdapterError(
            f"{not_set(missing)} on this machine ({socket.gethostname()})",
            hint="set them in the environment of forge, or in the project's .env; neither is sent"
            " to hosts: there, set them in the environment of `forge worker`",
        )
    known = _known(project_dir)
    values = {key: known[name] or "" for key, name in names.items()}
    for value in values.values():
        hide(value)
    return values


def variables_of(named: Mapping[str, str], slot: int) -> dict[str, str]:
    """Return the variable that each key of `named` means in the slot number `slot`.

    Raises:
        AdapterError: a value is no name of a variable.
    """
    for key, name in named.items():
        if not VARIABLE.fullmatch(
            name
        ):  # its value may be a password: the message has only the key
            raise AdapterError(f"sign-in: the value of {key!r} {LITERAL}")
    return {key: name[1:].replace("{slot}", str(slot)) for key, name in named.items()}


def missing_variables(names: Iterable[str], project_dir: Path) -> list[str]:
    """Return which variables neither the environment nor the project's `.env` sets."""
    known = _known(project_dir)
    return [name for name in dict.fromkeys(names) if not known.get(name)]


def not_set(names: Sequence[str]) -> str:
    """Return a sentence that these variables are not set."""
    plural, verb = ("s", "are") if len(names) > 1 else ("", "is")
    return f"sign-in: the environment variable{plural} {', '.join(names)} {verb} not set"


def _known(project_dir: Path) -> dict[str, str | None]:
    path = project_dir / DOTENV
    if not path.is_file():
        return dict(os.environ)
    from dotenv import dotenv_values

    return {**dotenv_values(path, encoding="utf-8-sig"), **os.environ}
