"""Sections of the settings: frozen tables that know all of their keys."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A table of `forge.toml`. An unknown key is an error."""

    # `defer_build`: only what is validated alone needs a validator of its own; most sections are
    # validated as a part of the settings.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def section_of(annotation: Any) -> type[BaseModel] | None:
    """Return the class of a field that holds a section or, at most, None; else None."""
    kinds = [kind for kind in (annotation, *get_args(annotation)) if kind is not type(None)]
    found = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
    return found[0] if found and len(kinds) <= 2 else None
