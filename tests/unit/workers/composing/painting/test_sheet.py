"""Text on a sheet: shortened to the room that it has."""

from __future__ import annotations

import pytest

from forge.workers.composing.painting.sheet import fitted
from forge.workers.composing.text.fonts import Fonts
from forge.workers.composing.text.lettering import Lettering


@pytest.fixture
def style() -> Lettering:
    return Lettering(Fonts("en"), 20, 400)


def test_a_text_that_fits_is_left_as_it_is(style: Lettering) -> None:
    assert fitted("City Library", style, style.width("City Library")) == "City Library"


def test_a_longer_text_ends_in_an_ellipsis(style: Lettering) -> None:
    text = "The City Library, e\u0301tage 2"
    short = fitted(text, style, style.width("The City Library, e\u0301…"))
    assert short == "The City Library, e\u0301…", "an accent stays with its letter"
    assert fitted(text, style, 0) == "…"
