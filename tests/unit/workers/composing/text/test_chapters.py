"""Chapters: one for each narrated step, and a list that YouTube accepts."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from forge.model.timeline import ManifestStep
from forge.workers.composing.text.chapters import (
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
    return chapters(manifest(at_ms + 1000, [(0, 0)], steps))


def test_chapters_of_narrated_steps_cover_the_video() -> None:
    found = told(5000, 7000, 2000, first_ms=4000)
    assert [c.start_ms for c in found] == [0, 9000, 16000], "the first takes in the intro card"
    assert all(one.end_ms == two.start_ms for one, two in pairwise(found))
    assert found[-1].end_ms == 19000
    assert [c.title for c in found] == ["Step 0", "Step 1", "Step 2"]


def test_a_silent_step_extends_the_last_chapter() -> None:
    steps = [said("One.", 300, 2000), said("", 3000, 0), said("Two.", 5300, 2000)]
    found = chapters(manifest(9000, [(0, 0)], steps))
    assert [(c.start_ms, c.title) for c in found] == [(0, "One"), (5000, "Two")]
    assert chapters(manifest(9000, [(0, 0)], [said("", 300, 0)])) == []


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
    ],
)
def test_the_title_is_the_first_sentence(narration: str, title: str | None) -> None:
    found = title_of(narration)
    assert len(found) <= TITLE_CHARACTERS
    assert found == (title or "Type the date the way you would say it: the…")


@pytest.mark.parametrize("seed", range(20))
def test_listed_chapters_begin_at_zero_and_are_long(seed: int) -> None:
    by = random.Random(seed)
    found = told(*(by.randint(1000, 25_000) for _ in range(by.randint(1, 12))))
    short = listed(found)
    assert short[0].start_ms == 0
    assert short[-1].end_ms == found[-1].end_ms
    assert {c.start_ms for c in short} <= {c.start_ms for c in found}
    if found[-1].end_ms >= LISTED_MS:
        assert all(c.end_ms - c.start_ms >= LISTED_MS for c in short)
    lines = chapters_txt(found).splitlines()
    assert lines[0].startswith("0:00 ")
    assert len(lines) == len(short)


def test_short_chapters_fold_into_a_neighbour() -> None:
    found = told(4000, 12_000, 3000, 15_000, 2000)
    assert [c.start_ms for c in listed(found)] == [0, 16_000]
    assert [c.title for c in listed(found)] == ["Step 0", "Step 2"]


def test_chapter_files_have_the_formats_of_players() -> None:
    found = [Chapter(0, 12_500, "A <b> & c"), Chapter(12_500, 3_700_000, "Next")]
    found.append(Chapter(3_700_000, 3_800_000, "Late"))
    assert chapters_txt(found) == "0:00 A <b> & c\n0:12 Next\n1:01:40 Late\n"
    assert chapters_vtt(found).startswith(
        "WEBVTT\n\n00:00:00.000 --> 00:00:12.500\nA &lt;b&gt; &amp; c\n\n"
    )
    assert chapters_txt([]) == ""
