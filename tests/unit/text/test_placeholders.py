"""Placeholders in commands: which are filled, which stay, which are refused."""

from __future__ import annotations

import pytest

from forge.text.placeholders import UnknownPlaceholder, fill, names_in


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("--port={port}", "--port=80"),
        ("{port}{port}", "8080"),
        ("{{port}", "{port}"),
        ('{"a": {"b": 1}}', '{"a": {"b": 1}}'),
        ("{}", "{}"),
        ("nothing", "nothing"),
    ],
)
def test_known_names_are_filled_and_other_braces_stay(text: str, filled: str) -> None:
    assert fill(text, {"port": "80"}) == filled


def test_unknown_name_is_an_error() -> None:
    with pytest.raises(UnknownPlaceholder, match="prot"):
        fill("{prot}", {"port": "80"})


def test_names_are_found_once() -> None:
    assert names_in(["{port} {port}", "{{slot}", "{data}/x"]) == {"port", "data"}
