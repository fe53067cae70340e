"""Caption files: every sign shows in players, in the right direction and at its time."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forge.model.speech import Word
from forge.text.spaces import fold
from forge.workers.composing.text.bidi import marked
from forge.workers.composing.text.caption_files import karaoke, srt, webvtt
from forge.workers.composing.text.cues import Cue, cues
from tests.support.takes import manifest, said

TWO = [Cue(0, 1500, ("A & B <c>", "second")), Cue(3_723_004, 3_724_000, ("Ünï --> x",))]


def shown(written: str, kind: str) -> list[str]:
    """Return the texts of the cues in a caption file as ffmpeg reads them, without their marks."""
    texts = []
    with av.open(io.BytesIO(written.encode()), "r", format=kind) as file:
        for packet in file.demux():
            for found in packet.decode():
                text = found.ass.decode().split(",", 8)[-1]  # type: ignore[union-attr]
                text = text.replace(r"\{{}", "{")  # ffmpeg's way to write a brace in ASS
                texts.append(re.sub("[\u200e\u200f\u2060]", "", text))
    return texts


def test_srt_is_numbered_blocks_with_commas() -> None:
    assert srt(TWO, "en") == (
        "1\n00:00:00,000 --> 00:00:01,500\nA & B <\u2060c>\nsecond\n\n"
        "2\n01:02:03,004 --> 01:02:04,000\nÜnï --\u2060> x\n"
    )


def test_webvtt_escapes_special_characters() -> None:
    assert webvtt(TWO, "en") == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:01.500\nA &amp; B &lt;c&gt;\nsecond\n\n"
        "01:02:03.004 --> 01:02:04.000\nÜnï --&gt; x\n"
    )


def test_a_video_without_narration_has_valid_empty_captions() -> None:
    assert webvtt([], "en") == "WEBVTT\n"
    assert srt([], "en").strip() == ""


MARKUP = [
    "Wrap the list in <ul> and each entry in <li>.",
    "Its type is Map<String, List<Integer>>, or < b > or <1>.",
    "Do not write <b>only</b>, write <font color=red>x</font> & be done.",
    "Put {name} here, {\\an8} and {y:i} {C:$0000ff} {\\\\x} nowhere.",
    "a --> b, 00:00:01,000 --> 00:00:02,000",
    "00:00:01,000 --> 00:00:02,000",
    "&amp; &lt; &#38; &nbsp; stand for signs",
    "<!-- a comment -->",
    "C:\\New\\new\\home\\{x\\}",
    "5",
    "WEBVTT",
    "NOTE this",
]


@pytest.mark.parametrize(("kind", "write"), [("srt", srt), ("webvtt", webvtt)])
def test_what_looks_like_markup_is_shown(
    kind: str, write: Callable[[Sequence[Cue], str], str]
) -> None:
    found = [Cue(1000 * at, 1000 * at + 900, (text,)) for at, text in enumerate(MARKUP)]
    assert shown(write(found, "en"), kind) == MARKUP


SIGNS = st.text(st.sampled_from("ab1 <>/!&;#{}\\:-=Nnhאب。"), min_size=1, max_size=30)


@given(st.lists(SIGNS.map(fold).filter(bool), min_size=1, max_size=4))
def test_any_text_survives_in_srt(texts: list[str]) -> None:
    found = [Cue(1000 * at, 1000 * at + 900, (text,)) for at, text in enumerate(texts)]
    assert shown(srt(found, "en"), "srt") == texts


@pytest.mark.parametrize(
    ("language", "line", "mark"),
    [
        ("ar", "Lumen يعرض كل شيء", "\u200f"),
        ("ar", "12 حدثا", "\u200f"),
        ("he", "«שלום»", "\u200f"),
        ("fa-IR", "سلام Lumen", ""),
        ("en", "שלום is Hebrew", "\u200e"),
        ("en", "12 “שלום”", "\u200e"),
        ("en", "Say שלום", ""),
        ("en", "12 %", ""),
        ("ar", "", ""),
    ],
)
def test_lines_begin_with_a_mark_of_their_direction(language: str, line: str, mark: str) -> None:
    assert marked(line, rtl=language != "en") == mark + line
    if line:
        assert f"\n{mark}{line}\n" in srt([Cue(0, 900, (line,))], language)
        assert f"\n{mark}{line}\n" in webvtt([Cue(0, 900, (line,))], language)


def test_karaoke_has_the_time_of_each_word_but_the_first() -> None:
    text = "Click <b>Save</b> & go."
    words = (
        Word(at=0, end=5, from_ms=1000, until_ms=1400),
        Word(at=6, end=17, from_ms=1400, until_ms=2000),
        Word(at=20, end=22, from_ms=2100, until_ms=2500),
    )
    whole = manifest(9000, [(0, 0)], [said(text, 1000, 1500).model_copy(update={"words": words})])
    assert karaoke(cues(whole, "en"), whole, "en") == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.900\n"
        "Click &lt;<00:00:01.454>b&gt;<00:00:01.563>Save&lt;/<00:00:01.890>b&gt; &amp; "
        "<00:00:02.100>go.\n"
    )


def test_karaoke_times_words_of_a_dictionary() -> None:
    text = "日付を選択"
    words = (Word(at=0, end=5, from_ms=0, until_ms=1000),)
    whole = manifest(9000, [(0, 0)], [said(text, 0, 1000).model_copy(update={"words": words})])
    assert karaoke(cues(whole, "ja"), whole, "ja").splitlines()[-1] == (
        "日付<00:00:00.400>を<00:00:00.600>選択"
    )


def test_karaoke_without_times_of_words_estimates_them() -> None:
    whole = manifest(9000, [(0, 0)], [said("abcd efgh", 1000, 900)])
    assert karaoke(cues(whole, "en"), whole, "en").splitlines()[-1] == ("abcd <00:00:01.500>efgh")
