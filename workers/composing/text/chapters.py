"""Chapters: one for each narrated step, named by its first sentence.

They are in the video, beside it as WebVTT, and in a list to paste into a description.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from forge.model.timeline import Manifest
from forge.workers.composing.text.cues import Cue, webvtt
from forge.workers.composing.text.wrapping import shortened

TITLE_CHARACTERS = 50
LISTED_MS = 10_000  # YouTube rejects a list with a shorter chapter

# A stop ends a sentence if another one follows. Chinese and Japanese put no space between them.
SENTENCE_END = re.compile(r"[.!?…؟।]+[\"'“”’»)]*(?=\s+[^\sa-zа-я0-9])|[。！？]+[」』）]*")


class Chapter(NamedTuple):
    """One chapter: from `start_ms` to `end_ms`, where the next one begins."""

    start_ms: int
    end_ms: int
    title: str


def chapters(manifest: Manifest) -> list[Chapter]:
    """Return the chapters of a video. The first begins at 0, so it includes an intro card."""
    narrated = [step for step in manifest.steps if step.narration]
    starts = [0, *(step.start_ms for step in narrated[1:])]
    ends = [*starts[1:], manifest.total_ms]
    return [
        Chapter(start_ms, end_ms, title_of(step.narration))
        for start_ms, end_ms, step in zip(starts, ends, narrated, strict=bool(narrated))
    ]


def title_of(narration: str) -> str:
    """Return the first sentence without its full stop, at most 50 characters."""
    end = SENTENCE_END.search(narration)
    sentence = narration[: end.end()] if end else narration
    return shortened(sentence.rstrip().rstrip(".。।"), TITLE_CHARACTERS)


def listed(found: Sequence[Chapter]) -> list[Chapter]:
    """Return `found` with chapters under 10 s merged into the one before.

    A short first chapter is merged with the next one.
    """
    if not found:
        return []
    kept = [found[0]]
    for chapter in found[1:]:
        if (
            chapter.start_ms - kept[-1].start_ms >= LISTED_MS
            and found[-1].end_ms - chapter.start_ms >= LISTED_MS
        ):
            kept.append(chapter)
    ends = [*(after.start_ms for _, after in pairwise(kept)), found[-1].end_ms]
    return [chapter._replace(end_ms=end) for chapter, end in zip(kept, ends, strict=True)]


def chapters_vtt(found: Sequence[Chapter]) -> str:
    """Return `found` as a WebVTT chapter file, for a player's `<track kind="chapters">`."""
    return webvtt([Cue(c.start_ms, c.end_ms, (c.title,)) for c in found])


def chapters_txt(found: Sequence[Chapter]) -> str:
    """Return the list that YouTube reads from a description: a line `0:00 Title` for each."""
    return "".join(f"{_clock(c.start_ms)} {c.title}\n" for c in listed(found))


def _clock(at_ms: int) -> str:
    minutes, seconds = divmod(at_ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
