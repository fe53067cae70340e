"""What composing writes beside the video, and what it advises."""

from __future__ import annotations

from pathlib import Path

from forge.model.settings import Settings, Style
from forge.workers.composing.phase import advice_on
from tests.support.takes import manifest, said

FAST = "Forty characters are what this line has."


def settings(language: str = "en") -> Settings:
    return Settings(project_dir=Path("/p"), source_language=language, style=Style())


def test_captions_that_are_too_fast_are_advised_with_step_and_figure() -> None:
    one = said(FAST, 300, 1000).model_copy(update={"id": "open"})
    two = said(FAST, 1300, 800).model_copy(update={"id": "save"})
    slow = said(FAST, 5000, 3000)
    (text,) = advice_on(manifest(9000, [(0, 0)], [one, two, slow]), settings())
    assert "step 'open' (also" not in text
    assert text.startswith("step 'open': a caption of 40 characters shows for 1.0 s, 40 characters")


def test_wide_characters_are_read_at_half_the_speed() -> None:
    step, following = said("日本語の字幕です。", 300, 500), said("次。", 800, 2000)
    (text,) = advice_on(manifest(9000, [(0, 0)], [step, following]), settings("ja"))
    assert "9 characters shows for 0.5 s, 18 characters a second; people read up to 10." in text


def test_captions_that_can_be_read_are_not_advised() -> None:
    step = said(FAST, 300, 1000)  # it stays a second longer, where nothing follows
    assert (
        list(advice_on(manifest(9000, [(0, 0)], [step, said("Next.", 4000, 2000)]), settings()))
        == []
    )
