"""Escaping of HTML."""

from __future__ import annotations

import pytest

from forge.report.html.tags import html, tag
from tests.support.markup import WILD, Reader


def cleaned(text: str) -> str:
    return "".join("�" if c in "\ud800\udfff\x00\x1b\ufffe" else c for c in text)


@pytest.mark.parametrize("wild", WILD)
def test_text_is_escaped_everywhere(wild: str) -> None:
    made = html(tag("p", wild, tag("b", wild), wild, title=wild))
    made.encode("utf-8")
    read = Reader(made.removeprefix("<!doctype html>\n").rstrip("\n"))
    assert read.tags == [("p", {"title": cleaned(wild)}), ("b", {})]
    assert read.text == cleaned(wild) * 3


def test_attribute_names_and_values_are_converted() -> None:
    made = html(tag("input", class_="a", data_lang="", hidden=True, checked=False, id=None, max=0))
    assert Reader(made).tags == [
        ("input", {"class": "a", "data-lang": "", "hidden": "", "max": "0"})
    ]
