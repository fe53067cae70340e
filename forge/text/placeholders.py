"""Placeholders in commands and variables: `{port}`; `{{` is a brace."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_PLACE = re.compile(r"\{\{|\{(\w+)\}")


class UnknownPlaceholder(ValueError):
    """A text has a placeholder that stands for nothing."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with the values of its placeholders; braces around anything else stay.

    Raises:
        UnknownPlaceholder: `values` has none of that name.
    """

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name is None:
            return "{"
        if name not in values:
            raise UnknownPlaceholder(name)
        return values[name]

    return _PLACE.sub(value, text)


def names_in(texts: Iterable[str]) -> set[str]:
    """Return the names of all placeholders in `texts`."""
    return {found[1] for text in texts for found in _PLACE.finditer(text)} - {None}
