"""Texts beside their translations: digests and warnings."""

from __future__ import annotations

import pytest

from forge.project.translated import Text, digest, warnings


def text(name: str, translation: str | None = None, of: str | None = None, **more: str) -> Text:
    return Text.model_validate(
        {
            "tutorial": "tour",
            "name": name,
            "key": name,
            "source": f"The text of {name}.",
            "file": "/p/tour.py",
            "line": 1,
            "lang": "es",
            "side_file": "/p/tour.es.json",
            "translation": translation,
            "of": of,
            **more,
        }
    )


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
