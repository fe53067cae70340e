"""Chapters: one for each narrated step, named by its first sentence.

They are in the video, beside it as WebVTT, and in a list to paste into a description.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from forge.model.timeline import Manifest, ManifestStep
from forge.text.installed_type import is_rtl
from forge.text.sentences import ends_with_abbreviation, sentences
from forge.workers.composing.text.bidi import marked
from forge.workers.composing.text.caption_files import webvtt
from forge.workers.composing.text.cues import Cue
from forge.workers.composing.text.wrapping import shortened

TITLE_CHARACTERS = 50
FULL_STOPS = ".。．｡।॥۔։።။។"
ELLIPSES = ("..", "…")

# What YouTube takes: https://support.google.com/youtube/answer/9884579 and, for descriptions,
# https://developers.google.com/youtube/v3/docs/videos
LISTED_MS = 10_000  # the shortest chapter
LISTED_LEAST = 3  # with fewer the list is ignored
LISTED_MOST = 100
DESCRIPTION_BYTES = 5000
#: A description must not have angle brackets; a second time in a line would be a link.
LOOKALIKES = str.maketrans("<>", "‹›")
TIME = re.compile(r"(?<=\d):(?=\d)")
RATIO = "∶"


class Chapter(NamedTuple):
    """One chapter: from `start_ms` to `end_ms`, where the next one begins."""

    start_ms: int
    end_ms: int
    title: str


def chapters(manifest: Manifest, language: str) -> list[Chapter]:
    """Return the chapters of a video. The first begins at 0, so it includes an intro card."""
    narrated = [step for step in manifest.steps if step.narration]
    starts = [0, *(step.start_ms for step in narrated[1:])]
    ends = [*starts[1:], manifest.total_ms]
    return [
        Chapter(start_ms, end_ms, title_of(step, language))
        for start_ms, end_ms, step in zip(starts, ends, narrated, strict=bool(narrated))
    ]


def title_of(step: ManifestStep, language: str) -> str:
    """Return the first sentence without its full stop, at most 50 characters.

    If nothing of the narration can be seen, the step's id is the title.
    """
    sentence = next(iter(sentences(step.narration, language)), "").rstrip()
    if not (sentence.endswith(ELLIPSES) or ends_with_abbreviation(sentence, language)):
        sentence = sentence.rstrip(FULL_STOPS) or sentence
    return shortened(sentence, TITLE_CHARACTERS, language) if _is_visible(sentence) else step.id


def _is_visible(text: str) -> bool:
    return any(unicodedata.category(sign)[0] not in "CZ" for sign in text)


def listed(found: Sequence[Chapter]) -> list[Chapter]:
    """Return the chapters of `found` that YouTube takes; none if fewer than three are left.

    Chapters under 10 s are merged with the one before, a short first one with the next. So are the
    shortest ones if there are more than a description may hold.
    """
    kept = _long_enough(found)
    while len(kept) > LISTED_MOST or len(_lines(kept).encode()) > DESCRIPTION_BYTES:
        shortest = min(range(1, len(kept)), key=lambda at: kept[at].end_ms - kept[at].start_ms)
        kept[shortest - 1] = kept[shortest - 1]._replace(end_ms=kept[shortest].end_ms)
        del kept[shortest]
    return kept if len(kept) >= LISTED_LEAST else []


def _long_enough(found: Sequence[Chapter]) -> list[Chapter]:
    kept = list(found[:1])
    for chapter in found[1:]:
        if (
            chapter.start_ms - kept[-1].start_ms >= LISTED_MS
            and found[-1].end_ms - chapter.start_ms >= LISTED_MS
        ):
            kept.append(chapter)
    ends = [*(after.start_ms for _, after in pairwise(kept)), *(c.end_ms for c in found[-1:])]
    return [chapter._replace(end_ms=end) for chapter, end in zip(kept, ends, strict=True)]


def chapters_vtt(found: Sequence[Chapter], language: str) -> str:
    """Return `found` as a WebVTT chapter file, for a player's `<track kind="chapters">`."""
    return webvtt([Cue(c.start_ms, c.end_ms, (c.title,)) for c in found], language)


def chapters_txt(found: Sequence[Chapter], language: str) -> str:
    """Return the list that YouTube reads from a description: a line `0:00 Title` for each."""
    rtl = is_rtl(language)
    return _lines([c._replace(title=marked(c.title, rtl=rtl)) for c in listed(found)])


def _lines(found: Sequence[Chapter]) -> str:
    return "".join(
        f"{_clock(c.start_ms)} {TIME.sub(RATIO, c.title.translate(LOOKALIKES))}\n" for c in found
    )


def _clock(at_ms: int) -> str:
    minutes, seconds = divmod(at_ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
