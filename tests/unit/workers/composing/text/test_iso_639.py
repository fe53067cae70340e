"""Codes of languages: against a package that knows them all."""

from __future__ import annotations

import pytest
from langcodes import Language

from forge.workers.composing.text.iso_639 import CODES, three_letters


def test_each_code_of_two_letters_is_that_of_langcodes() -> None:
    assert {short: Language.get(short).to_alpha3() for short in CODES} == CODES
    assert len(CODES) > 180


@pytest.mark.parametrize(
    ("tag", "code"),
    [("en", "eng"), ("pt-BR", "por"), ("zh-Hant", "zho"), ("yue", "yue"), ("qq", None)],
)
def test_a_tag_has_the_code_of_its_language(tag: str, code: str | None) -> None:
    assert three_letters(tag) == code
