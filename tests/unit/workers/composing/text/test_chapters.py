"""Chapters: one for each narrated step, and a list that YouTube accepts."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from forge.model.timeline import ManifestStep
from forge.workers.composing.text.chapters import (
    DESCRIPTION_BYTES,
    LISTED_LEAST,
    LISTED_MOST,
    LISTED_MS,
    TITLE_CHARACTERS,
    Chapter,
    chapters,
    chapters_txt,
    chapters_vtt,
    listed,
    title_of,
)
from tests.support.takes import manifest, said


def told(*lengths_ms: int, first_ms: int = 0) -> list[Chapter]:
    """Return the chapters of steps of those lengths."""
    steps: list[ManifestStep] = []
    at_ms = first_ms
    for number, ms in enumerate(lengths_ms):
        steps.append(said(f"Step {number}. And more of it.", at_ms + 300, ms - 700))
        at_ms += ms
    return chapters(manifest(at_ms + 1000, [(0, 0)], steps), "en")


def test_chapters_of_narrated_steps_cover_the_video() -> None:
    found = told(5000, 7000, 2000, first_ms=4000)
    assert [c.start_ms for c in found] == [0, 9000, 16000], "the first takes in the intro card"
    assert all(one.end_ms == two.start_ms for one, two in pairwise(found))
    assert found[-1].end_ms == 19000
    assert [c.title for c in found] == ["Step 0", "Step 1", "Step 2"]


def test_a_silent_step_extends_the_last_chapter() -> None:
    steps = [said("One.", 300, 2000), said("", 3000, 0), said("Two.", 5300, 2000)]
    found = chapters(manifest(9000, [(0, 0)], steps), "en")
    assert [(c.start_ms, c.title) for c in found] == [(0, "One"), (5000, "Two")]
    assert chapters(manifest(9000, [(0, 0)], [said("", 300, 0)]), "en") == []


@pytest.mark.parametrize(
    ("narration", "title"),
    [
        ("Welcome to Lumen. In this tour we make an event.", "Welcome to Lumen"),
        ("Is it there? It is!", "Is it there?"),
        ("Version 2.5 is here, e.g. for you. Take it.", "Version 2.5 is here, e.g. for you"),
        ("„Fertig.“ Das war es.", "„Fertig.“"),
        ("保存を押します。少し待ちます。", "保存を押します"),
        ("هل انتهيت؟ نعم.", "هل انتهيت؟"),
        ("No stop at all", "No stop at all"),
        ("Type the date the way you would say it: the twelfth of June.", None),
        ("x" * 80, "x" * 49 + "…"),
        ("Ask Dr. Weber to sign the form. Then send it.", "Ask Dr. Weber to sign the form"),
        ("1. Open the settings. They are at the top.", "1. Open the settings"),
        ("Choose a room, e.g. Room 5. It is free today.", "Choose a room, e.g. Room 5"),
        (
            "At 9:30 the report goes to <everyone>. It goes by itself.",
            "At 9:30 the report goes to <everyone>",
        ),
        (
            "In the list of the U.S. Senate, pick one. Any will do.",
            "In the list of the U.S. Senate, pick one",
        ),
        ("... and so on. It never ends.", "... and so on"),
        (
            "Mr. and Mrs. Lund live in St. Mary St. No. 5, by the lake. Look them up.",
            "Mr. and Mrs. Lund live in St. Mary St. No. 5, by…",
        ),
        ("It is made in the U.S. The rest is not.", "It is made in the U.S."),
        ("Wait ... Then go.", "Wait ..."),
        ("10\u202f000\u00a0€ ? Oui.", "10\u202f000\u00a0€ ?"),
        (".", "."),
        ("…", "…"),
        ("\u200b\u2060", "step"),
    ],
)
def test_the_title_is_the_first_sentence(narration: str, title: str | None) -> None:
    found = title_of(said(narration, 300, 2000), "en")
    assert len(found) <= TITLE_CHARACTERS
    assert found == (title or "Type the date the way you would say it: the…")


@pytest.mark.parametrize("seed", range(20))
def test_listed_chapters_begin_at_zero_and_are_long(seed: int) -> None:
    by = random.Random(seed)
    found = told(*(by.randint(1000, 25_000) for _ in range(by.randint(1, 12))))
    short = listed(found)
    lines = chapters_txt(found, "en").splitlines()
    assert len(lines) == len(short)
    if not short:
        long = sum(c.end_ms - c.start_ms >= LISTED_MS for c in found)
        assert long < LISTED_LEAST or found[-1].end_ms < LISTED_MS * LISTED_LEAST
        return
    assert len(short) >= LISTED_LEAST
    assert short[0].start_ms == 0
    assert short[-1].end_ms == found[-1].end_ms
    assert {c.start_ms for c in short} <= {c.start_ms for c in found}
    assert all(c.end_ms - c.start_ms >= LISTED_MS for c in short)
    assert lines[0].startswith("0:00 ")


def test_short_chapters_fold_into_a_neighbour() -> None:
    found = told(4000, 12_000, 3000, 15_000, 2000, 11_000)
    assert [c.start_ms for c in listed(found)] == [0, 16_000, 34_000]
    assert [c.title for c in listed(found)] == ["Step 0", "Step 2", "Step 4"]


def test_fewer_than_three_chapters_are_not_listed() -> None:
    assert len(listed(told(20_000, 20_000, 20_000))) == 3
    assert chapters_txt(told(20_000, 20_000), "en") == ""
    assert chapters_txt(told(20_000, 20_000, 5000), "en") == ""


def test_the_list_fits_into_a_description() -> None:
    many = told(*([11_000] * (LISTED_MOST + 20)))
    assert len(listed(many)) == LISTED_MOST
    wide = [c._replace(title="あ" * 40) for c in many]
    text = chapters_txt(wide, "ja")
    assert 4000 < len(text.encode()) <= DESCRIPTION_BYTES
    assert text.startswith("0:00 ")


def test_the_list_has_no_brackets_and_one_time_in_each_line() -> None:
    titles = ("At 9:30 <b>", "From 10:15:30 to 11:00", "a: b, 3 : 4")
    found = [Chapter(at * 20_000, (at + 1) * 20_000, title) for at, title in enumerate(titles)]
    assert chapters_txt(found, "en") == (
        "0:00 At 9∶30 ‹b›\n0:20 From 10∶15∶30 to 11∶00\n0:40 a: b, 3 : 4\n"
    )


def test_titles_have_the_direction_of_their_language() -> None:
    titles = ("Lumen يعرض", "مرحبا", "12 حدثا")
    found = [Chapter(at * 20_000, (at + 1) * 20_000, title) for at, title in enumerate(titles)]
    lines = chapters_txt(found, "ar").splitlines()
    assert lines == ["0:00 \u200fLumen يعرض", "0:20 مرحبا", "0:40 \u200f12 حدثا"]
    assert "\n\u200fLumen يعرض\n" in chapters_vtt(found, "ar")


def test_chapter_files_have_the_formats_of_players() -> None:
    found = [Chapter(0, 12_500, "A <b> & c"), Chapter(12_500, 3_700_000, "Next")]
    found.append(Chapter(3_700_000, 3_800_000, "Late"))
    assert chapters_txt(found, "en") == "0:00 A ‹b› & c\n0:12 Next\n1:01:40 Late\n"
    assert chapters_vtt(found, "en").startswith(
        "WEBVTT\n\n00:00:00.000 --> 00:00:12.500\nA &lt;b&gt; &amp; c\n\n"
    )
    assert chapters_txt([], "en") == ""
