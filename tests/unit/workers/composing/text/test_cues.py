"""Captions: short lines, in time with the voice."""

from __future__ import annotations

import random
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forge.model.speech import Word
from forge.model.timeline import ManifestStep
from forge.text.spaces import fold
from forge.workers.composing.text.cues import LINGER_MS, Cue, cues, hurried
from forge.workers.composing.text.wrapping import columns
from tests.support.takes import manifest, said

WORDS = ("a", "to", "the", "tour", "calendar-like", "organisation", "&", "<b>", "guests.")


def narrated(seed: int) -> tuple[list[str], list[Cue]]:
    by, at_ms, steps = random.Random(seed), 0, []
    for _ in range(by.randint(1, 6)):
        text = " ".join(by.choice(WORDS) for _ in range(by.randint(0, 80)))
        audio_ms = len(text.split()) * 380
        steps.append(said(text, at_ms + 300, audio_ms))
        at_ms += audio_ms + 700
    return [step.narration for step in steps], cues(manifest(at_ms, [(0, 0)], steps), "en")


@pytest.mark.parametrize("seed", range(30))
def test_cues_are_short_and_say_everything_in_order(seed: int) -> None:
    texts, found = narrated(seed)
    assert all(1 <= len(cue.lines) <= 2 for cue in found)
    assert all(0 < len(line) <= 42 for cue in found for line in cue.lines)
    said_in_all = "".join(line for cue in found for line in cue.lines)
    assert re.sub(r"\s", "", said_in_all) == re.sub(r"\s", "", "".join(texts))


@pytest.mark.parametrize("seed", range(30))
def test_cues_follow_one_another_and_never_overlap(seed: int) -> None:
    _, found = narrated(seed)
    assert all(cue.start_ms < cue.end_ms for cue in found)
    assert all(one.end_ms <= two.start_ms for one, two in pairwise(found))


def test_a_long_line_is_divided_by_its_characters() -> None:
    text = " ".join(["twenty characters ok"] * 6)  # 6 × 20 + 5: three lines, so two cues
    found = cues(manifest(9900, [(0, 0)], [said(text, 1000, 8000)]), "en")
    assert [len(cue.lines) for cue in found] == [2, 1]
    assert (found[0].start_ms, found[-1].end_ms) == (1000, 9000)
    assert found[0].end_ms == found[1].start_ms
    assert abs(found[0].end_ms - (1000 + 8000 * 83 / 124)) <= 1


def test_an_odd_line_lets_cues_end_with_sentences() -> None:
    text = "Здесь всё, что планирует ваша команда. Чтобы добавить мероприятие, нажмите New event."
    found = cues(manifest(9000, [(0, 0)], [said(text, 1000, 6000)]), "en")
    assert [" ".join(cue.lines) for cue in found] == [
        "Здесь всё, что планирует ваша команда.",
        "Чтобы добавить мероприятие, нажмите New event.",
    ]


def test_a_silent_step_has_no_cue() -> None:
    assert cues(manifest(9000, [(0, 0)], [said("", 1000, 0)]), "en") == []


def test_a_word_longer_than_a_line_is_broken() -> None:
    (cue,) = cues(manifest(9000, [(0, 0)], [said("x" * 60, 1000, 1200)]), "en")
    assert cue.lines == ("x" * 42, "x" * 18)


def heard(text: str, *times_ms: tuple[int, int], step: str = "step") -> ManifestStep:
    """Return a step whose words, separated by spaces, are heard at those times."""
    spans = [found.span() for found in re.finditer(r"\S+", text)]
    words = tuple(
        Word(at=at, end=end, from_ms=from_ms, until_ms=until_ms)
        for (at, end), (from_ms, until_ms) in zip(spans, times_ms, strict=True)
    )
    first_ms, last_ms = times_ms[0][0], times_ms[-1][1]
    made = said(text, first_ms, last_ms - first_ms)
    return made.model_copy(update={"words": words, "id": step})


def even(text: str, from_ms: int, word_ms: int = 400) -> ManifestStep:
    """Return a step whose words follow one another without pauses."""
    begins = [from_ms + word_ms * number for number in range(len(text.split()))]
    return heard(text, *((at_ms, at_ms + word_ms) for at_ms in begins))


def test_a_cue_begins_with_its_first_word_and_stays_a_little() -> None:
    text = " ".join(["twenty characters ok"] * 6)
    step = even(text, 1000)
    one, two = cues(manifest(30_000, [(0, 0)], [step]), "en")
    later = next(word for word in step.words if word.at >= two.places[0])
    assert (one.start_ms, two.start_ms) == (1000, later.from_ms)
    assert one.end_ms == two.start_ms, "no gap where the voice makes no pause"
    assert step.words[-1].until_ms + LINGER_MS <= two.end_ms <= step.end_ms


def test_a_cue_ends_in_a_long_pause_and_the_next_waits_for_its_word() -> None:
    text = "Click it. Then wait."
    step = heard(text, (1000, 1300), (1300, 1600), (4000, 4400), (4400, 4900))
    one, two = cues(manifest(9000, [(0, 0)], [step]), "en")
    assert (one.lines, two.lines) == (("Click it.",), ("Then wait.",))
    assert (one.start_ms, one.end_ms) == (1000, 1600 + LINGER_MS)
    assert two.start_ms == 4000


def test_a_quote_that_opens_after_a_pause_is_in_the_later_cue() -> None:
    step = heard("Click «Save» then", (1000, 1300), (3000, 3600), (3600, 3900))
    at = step.narration.index("Save")
    words = (step.words[0], step.words[1].model_copy(update={"at": at}), step.words[2])
    found = cues(manifest(9000, [(0, 0)], [step.model_copy(update={"words": words})]), "fr")
    assert [cue.lines for cue in found] == [("Click",), ("«Save» then",)]


def test_one_sound_of_several_words_is_shared_by_letters() -> None:
    text = "aaaa " * 17 + "bbbb"  # 89 columns: three lines, two cues
    whole = said(text, 1000, 9000)
    words = (Word(at=0, end=len(text), from_ms=1000, until_ms=9900),)
    one, two = cues(manifest(12_000, [(0, 0)], [whole.model_copy(update={"words": words})]), "en")
    assert one.start_ms == 1000
    assert two.start_ms == 1000 + 8900 * two.places[0] // len(text)


def test_text_that_is_not_spoken_shows_beside_the_words() -> None:
    silent = "https://example.com/a/very/long/path/that/is/left/out/of/what/the/voice/says/here"
    text = f"Open it. {silent}"
    step = heard(text, (1000, 1400), (1400, 2000), (2000, 2000))
    step = step.model_copy(update={"words": step.words[:2]})
    found = cues(manifest(9000, [(0, 0)], [step]), "en")
    assert "".join("".join(cue.lines) for cue in found).replace(" ", "") == text.replace(" ", "")
    assert found[0].start_ms == 1000
    assert all(one.end_ms <= two.start_ms for one, two in pairwise(found))
    assert all(cue.start_ms < cue.end_ms for cue in found)


def test_a_cue_that_is_too_fast_stays_where_there_is_room() -> None:
    text = "Forty characters are what this line has."
    fast = heard(text, *((1000 + 100 * n, 1100 + 100 * n) for n in range(7)))  # 57 a second
    later = even("Later.", 8000)
    one, _ = cues(manifest(9000, [(0, 0)], [fast, later]), "en")
    assert (one.start_ms, one.end_ms) == (1000, 3000), "40 characters, 20 a second"
    soon = even("Soon.", 2000)
    one, _ = cues(manifest(9000, [(0, 0)], [fast, soon]), "en")
    assert one.end_ms == 2000
    assert [round(cue.speed) for cue in hurried([one])] == [40]


def test_an_odd_line_is_not_alone_where_that_would_be_too_fast() -> None:
    text = "Click it and then go on, now. " + "twenty characters ok " * 3 + "end"
    slow = even(text, 1000, 600)
    begins = [1000 + 100 * n if n < 8 else 1800 + 900 * (n - 8) for n in range(len(text.split()))]
    fast = heard(text, *pairwise([*begins, begins[-1] + 900]))
    lengths = [
        [len(cue.lines) for cue in cues(manifest(40_000, [(0, 0)], [step]), "en")]
        for step in (slow, fast)
    ]
    assert lengths == [[1, 2], [2, 1]], "after the sentence; where more time is"


def test_speed_counts_wide_characters_twice() -> None:
    assert Cue(0, 1000, ("日本語",)).speed == 6
    assert hurried([Cue(0, 1000, ("x" * 20,)), Cue(1000, 1900, ("x" * 18,))]) == []


@pytest.mark.parametrize("seed", range(30))
def test_cues_of_heard_words_never_come_early(seed: int) -> None:
    by, at_ms, steps = random.Random(seed), 300, []
    for number in range(by.randint(1, 5)):
        times = []
        for _ in range(by.randint(1, 60)):
            at_ms += by.choice((0, 0, 0, 40, 300, 2500))
            times.append((at_ms, at_ms + by.randint(50, 700)))
            at_ms = times[-1][1]
        text = " ".join(by.choice(WORDS).replace("-", "") for _ in times)
        steps.append(heard(text, *times, step=f"s{number}"))
        at_ms += 700
    found = cues(manifest(at_ms, [(0, 0)], steps), "en")
    assert all(one.end_ms <= two.start_ms for one, two in pairwise(found))
    for cue in found:
        (step,) = (step for step in steps if step.id == cue.step)
        first = next(word for word in step.words if word.at >= cue.places[0])
        assert cue.start_ms == first.from_ms
        assert cue.start_ms < cue.end_ms
        lines = [
            step.narration[at : at + len(line)]
            for at, line in zip(cue.places, cue.lines, strict=True)
        ]
        assert tuple(lines) == cue.lines


@st.composite
def any_step(draw: st.DrawFn) -> ManifestStep:
    """Return a step of any text, and of any words in order."""
    signs = st.sampled_from("ab .,-?«»()。「」、日本กำ้e\u0301\u00a0\u200b5€")
    text = fold(draw(st.text(signs, max_size=200)))
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=20)))
    moments = st.lists(st.integers(300, 20_000), min_size=len(edges), max_size=len(edges))
    times = sorted(draw(moments))
    words = tuple(
        Word(at=at, end=end, from_ms=from_ms, until_ms=until_ms)
        for (at, end), (from_ms, until_ms) in zip(pairwise(edges), pairwise(times), strict=True)
    )
    return said(text, 300, 20_000).model_copy(update={"words": words})


@given(any_step(), st.sampled_from(["en", "ja", "th", "ar"]))
def test_any_text_with_any_words_has_cues_in_order(step: ManifestStep, language: str) -> None:
    found = cues(manifest(21_000, [(0, 0)], [step]), language)
    spoken = "".join(line for cue in found for line in cue.lines)
    assert re.sub(r"[ \u200b]", "", spoken) == re.sub(r"[ \u200b]", "", step.narration)
    assert all(cue.start_ms < cue.end_ms for cue in found)
    assert all(one.end_ms <= two.start_ms for one, two in pairwise(found))
    assert all(columns(line) <= 42 for cue in found for line in cue.lines)
