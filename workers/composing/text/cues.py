"""Captions beside the video: SRT and WebVTT."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from forge.model.timeline import Manifest
from forge.workers.composing.text.wrapping import wrap

LINE_COLUMNS = 42  # Chinese, Japanese and Korean characters take two
LINES_PER_CUE = 2
SENTENCE_ENDS = tuple(".!?…。！？؟।")


class Cue(NamedTuple):
    """One caption: shown from `start_ms` to `end_ms`, at most two lines."""

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]


def cues(manifest: Manifest) -> list[Cue]:
    """Return the narration in cues of at most two lines of at most 42 columns.

    The narration of a long step is divided into several cues; each gets a share of the time
    according to its number of characters.
    """
    found: list[Cue] = []
    for step in manifest.steps:
        parts = _in_pairs(wrap(step.narration, LINE_COLUMNS))
        total = sum(len(" ".join(part)) for part in parts)
        said = 0
        for part in parts:
            start_ms = step.audio_start_ms + step.audio_ms * said // total
            said += len(" ".join(part))
            end_ms = step.audio_start_ms + step.audio_ms * said // total
            found.append(Cue(start_ms, end_ms, tuple(part)))
    return found


def _in_pairs(lines: Sequence[str]) -> list[Sequence[str]]:
    """Return `lines` in pairs; an odd line is alone where it lets most cues end with sentences."""

    def pairs(some: Sequence[str]) -> list[Sequence[str]]:
        return [some[i : i + LINES_PER_CUE] for i in range(0, len(some), LINES_PER_CUE)]

    if len(lines) % LINES_PER_CUE == 0:
        return pairs(lines)
    alone = reversed(range(0, len(lines), LINES_PER_CUE))
    options = [[*pairs(lines[:at]), lines[at : at + 1], *pairs(lines[at + 1 :])] for at in alone]
    return max(options, key=lambda parts: sum(p[-1].endswith(SENTENCE_ENDS) for p in parts[:-1]))


def srt(found: list[Cue]) -> str:
    """Return `found` as a SubRip file."""
    blocks = [
        f"{number}\n{_stamp(cue.start_ms, ',')} --> {_stamp(cue.end_ms, ',')}\n"
        + "\n".join(cue.lines)
        for number, cue in enumerate(found, start=1)
    ]
    return "\n\n".join(blocks) + "\n"


def webvtt(found: list[Cue]) -> str:
    """Return `found` as a WebVTT file (https://www.w3.org/TR/webvtt1/)."""
    blocks = [
        f"{_stamp(cue.start_ms, '.')} --> {_stamp(cue.end_ms, '.')}\n"
        + "\n".join(
            line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            for line in cue.lines
        )
        for cue in found
    ]
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def _stamp(at_ms: int, point: str) -> str:
    seconds, ms = divmod(at_ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{ms:03}"
