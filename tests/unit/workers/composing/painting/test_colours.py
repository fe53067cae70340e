"""Colours: text can be read on cards and captions, whatever the style."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forge.model.settings import Style
from forge.workers.composing.painting.burned_captions import captioned_box
from forge.workers.composing.painting.colours import (
    BLACK,
    READABLE,
    WHITE,
    Rgb,
    box_opacity,
    contrast,
    mixed,
    readable,
    rgb,
)
from forge.workers.composing.painting.theme import theme_of

COLOURS = st.tuples(*[st.integers(0, 255)] * 3)


def test_contrast_is_as_wcag_defines_it() -> None:
    assert contrast(BLACK, WHITE) == pytest.approx(21)
    assert contrast(WHITE, WHITE) == 1
    assert contrast(rgb("#767676"), WHITE) == pytest.approx(4.54, abs=0.01)
    assert contrast(rgb("#777777"), WHITE) == pytest.approx(4.48, abs=0.01)


def test_colours_that_can_be_read_stay() -> None:
    style = Style()
    text, background = rgb(style.text), rgb(style.background)
    assert readable(text, background) == text
    assert box_opacity(text, background) == 0.84
    assert box_opacity(rgb("#808080"), WHITE) == 1.0, "it cannot be read at all"
    assert 0.84 < box_opacity(WHITE, rgb("#666666")) < 1.0


@given(COLOURS, COLOURS, COLOURS)
def test_text_of_any_style_can_be_read(text: Rgb, background: Rgb, accent: Rgb) -> None:
    style = Style(text=named(text), background=named(background), accent=named(accent))
    theme = theme_of(style, Path("/"), "en")
    for colour in (theme.text, theme.soft):
        assert contrast(colour, theme.background) >= READABLE
    if contrast(text, background) >= READABLE:
        assert theme.text == text


@given(COLOURS, COLOURS, COLOURS)
def test_captions_can_be_read_over_any_page(text: Rgb, background: Rgb, page: Rgb) -> None:
    told = readable(text, background)
    box = mixed(page, background, box_opacity(told, background))
    assert contrast(told, box) >= READABLE * 0.99  # rounded to whole values


@settings(max_examples=10)
@given(COLOURS, COLOURS)
def test_the_box_is_drawn_as_opaque_as_it_must_be(text: Rgb, background: Rgb) -> None:
    style = Style(text=named(text), background=named(background))
    theme = theme_of(style, Path("/"), "en")
    picture = captioned_box(["l"], theme, 640, 360)
    middle = picture[picture.shape[0] // 2, 4]
    assert middle[3] == pytest.approx(theme.box_opacity, abs=0.001)
    expected = np.array(theme.background) / 255 * theme.box_opacity
    assert middle[:3] == pytest.approx(expected, abs=0.001)


def named(colour: Rgb) -> str:
    return f"#{bytes(colour).hex()}"
