"""Texts beside their translations: digests and warnings."""

from __future__ import annotations

import pytest

from forge.errors import TutorialError
from forge.project.translated import check_translation, digest, fits, warnings
from tests.support.translations import text


def test_digest_is_that_of_the_folded_text() -> None:
    # printf 'Go on.' | sha256sum
    assert digest("  Go\n  on. ") == "e9bdd5e0bb23"
    assert digest("Go\u00a0on.") != digest("Go on.")


@pytest.mark.parametrize(
    ("translation", "of", "missing", "stale"),
    [
        (None, None, True, False),
        (None, "0" * 12, True, False),
        ("Va.", None, False, False),
        ("Va.", "0" * 12, False, True),
        ("Va.", digest("The text of go."), False, False),
    ],
)
def test_line_is_missing_stale_or_neither(
    translation: str | None, of: str | None, missing: bool, stale: bool
) -> None:
    made = text("go", translation, of)
    assert (made.is_missing, made.is_stale) == (missing, stale)


def test_text_without_a_source_is_not_missing() -> None:
    assert not text("@summary", source="").is_missing


def test_many_keys_are_shortened_and_counted() -> None:
    seven = [text(f"step-{n}") for n in range(7)]
    one = text("go", side_file="/p/a.es.json")
    assert warnings([*seven, one, *seven[:1]], "en") == [
        "/p/tour.es.json: 7 lines are not translated and stay in 'en':"
        " step-0, step-1, step-2, step-3, step-4 and 2 more",
        "/p/a.es.json: 1 line is not translated and stays in 'en': go",
    ]


def test_six_keys_are_named() -> None:
    six = [text(f"s{n}", "x", "0" * 12) for n in range(6)]
    assert warnings(six, "en") == [
        "/p/tour.es.json: 6 lines are translated from an older text: s0, s1, s2, s3, s4, s5"
    ]


MARKED = "Now {here} click {say: Go|go}."


@pytest.mark.parametrize(
    ("name", "source", "translation", "message"),
    [
        ("go", MARKED, "Ahora {here} pulsa.", ""),
        ("go", MARKED, "Pulsa.", "x:3 has the mark {here} not at all, its source once"),
        ("go", "Click.", "{here} Pulsa.", "x:3 has the mark {here} once, its source not at all"),
        ("go", "Click.", "{hear} Pulsa.", "x:3: the mark {hear} is wrong"),
        ("@title", "Click.", "{here} Pulsa.", "x:3: the mark {here} is misplaced"),
        ("@title", "Click.", "Pulsa {{here}}.", ""),
        ("@objectives", "A\nB", "Uno {\nhere}", ""),  # an item each, and no mark in either
    ],
)
def test_translation_has_the_marks_of_its_source(
    name: str, source: str, translation: str, message: str
) -> None:
    made = text(name, translation, source=source)
    assert fits(made) is not bool(message)
    if message:
        with pytest.raises(TutorialError) as caught:
            check_translation("x:3", made, translation)
        assert caught.value.message.startswith(message)


def test_control_character_is_refused() -> None:
    with pytest.raises(TutorialError, match=r"x:3 has a control character \(U\+0007\)"):
        check_translation("x:3", text("go"), "Va\x07.")
