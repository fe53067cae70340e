"""Captions: short lines, in time with the voice, in valid files."""

from __future__ import annotations

import random
import re
from itertools import pairwise

import pytest

from forge.workers.composing.text.cues import Cue, cues, srt, webvtt
from tests.support.takes import manifest, said

WORDS = ("a", "to", "the", "tour", "calendar-like", "organisation", "&", "<b>", "guests.")


def narrated(seed: int) -> tuple[list[str], list[Cue]]:
    by, at_ms, steps = random.Random(seed), 0, []
    for _ in range(by.randint(1, 6)):
        text = " ".join(by.choice(WORDS) for _ in range(by.randint(0, 80)))
        audio_ms = len(text.split()) * 380
        steps.append(said(text, at_ms + 300, audio_ms))
        at_ms += audio_ms + 700
    return [step.narration for step in steps], cues(manifest(at_ms, [(0, 0)], steps))


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
    found = cues(manifest(9000, [(0, 0)], [said(text, 1000, 6000)]))
    assert [len(cue.lines) for cue in found] == [2, 1]
    assert (found[0].start_ms, found[-1].end_ms) == (1000, 7000)
    assert found[0].end_ms == found[1].start_ms
    assert abs(found[0].end_ms - (1000 + 6000 * 83 / 124)) <= 1


def test_an_odd_line_lets_cues_end_with_sentences() -> None:
    text = "Здесь всё, что планирует ваша команда. Чтобы добавить мероприятие, нажмите New event."
    found = cues(manifest(9000, [(0, 0)], [said(text, 1000, 6000)]))
    assert [" ".join(cue.lines) for cue in found] == [
        "Здесь всё, что планирует ваша команда.",
        "Чтобы добавить мероприятие, нажмите New event.",
    ]


def test_a_silent_step_has_no_cue() -> None:
    assert cues(manifest(9000, [(0, 0)], [said("", 1000, 0)])) == []


def test_a_word_longer_than_a_line_is_broken() -> None:
    (cue,) = cues(manifest(9000, [(0, 0)], [said("x" * 60, 1000, 1200)]))
    assert cue.lines == ("x" * 42, "x" * 18)


TWO = [Cue(0, 1500, ("A & B <c>", "second")), Cue(3_723_004, 3_724_000, ("Ünï --> x",))]


def test_srt_is_numbered_blocks_with_commas() -> None:
    assert srt(TWO) == (
        "1\n00:00:00,000 --> 00:00:01,500\nA & B <c>\nsecond\n\n"
        "2\n01:02:03,004 --> 01:02:04,000\nÜnï --> x\n"
    )


def test_webvtt_escapes_special_characters() -> None:
    assert webvtt(TWO) == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:01.500\nA &amp; B &lt;c&gt;\nsecond\n\n"
        "01:02:03.004 --> 01:02:04.000\nÜnï --&gt; x\n"
    )


def test_a_video_without_narration_has_valid_empty_captions() -> None:
    assert webvtt([]) == "WEBVTT\n"
    assert srt([]).strip() == ""
