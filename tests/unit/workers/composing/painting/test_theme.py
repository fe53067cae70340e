"""Advice about the style of text, before anything is drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from forge.model.records import Line
from forge.model.settings import Settings, Style
from forge.workers.composing.painting.theme import check_type
from tests.support.jobs import job


def advice(style: Style) -> list[str]:
    made = job("tour", lines=(Line(step="a", text="Hello."),), title="Tour")
    return list(check_type(Settings(project_dir=Path("/p"), style=style), [made]))


def test_colours_that_cannot_be_read_are_named_once() -> None:
    (text,) = advice(Style(text="#888888", background="#ffffff"))
    assert "style.text = '#888888' can hardly be read on style.background = '#ffffff'" in text
    assert "3.5 to 1, and 4.5 are needed" in text
    assert "drawn in #7" in text


@pytest.mark.parametrize(
    "style",
    [
        Style(),
        Style(text="#000000", background="#eeeeee"),
        Style(text="#888888", background="#ffffff", cards=False),  # it draws no text
    ],
)
def test_colours_that_can_be_read_are_not_advised(style: Style) -> None:
    assert advice(style) == []
