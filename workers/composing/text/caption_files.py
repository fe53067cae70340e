"""Captions as files: SubRip and WebVTT, with direction marks where a line needs them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from forge.model.timeline import Manifest, ManifestStep
from forge.text.installed_type import is_rtl
from forge.text.segments import words
from forge.workers.composing.text.bidi import marked
from forge.workers.composing.text.cues import Cue
from forge.workers.composing.text.word_times import place_ms

#: Where players would read a tag (`<b>`, `{\an8}`, `{y:i}`), an entity (`&amp;`), the times of a
#: cue, or a line feed (`C:\New`: they turn captions into ASS, in which `\N` is one).
MARKUP = re.compile(
    r"(?<=<)(?!$)|(?<=\{)(?=\\|[A-Za-z]:)|(?<=&)(?=#?\w+;)|(?<=--)(?=>)|(?<=\\)(?=[Nnh{}])"
)
WORD_JOINER = "\u2060"  # invisible, without width


def srt(found: Sequence[Cue], language: str) -> str:
    """Return `found` as a SubRip file.

    The format has no escapes. Players swallow what looks like a tag, unless an invisible sign is in
    it.
    """
    rtl = is_rtl(language)
    blocks = [
        f"{number}\n{_times(cue, ',')}\n"
        + "\n".join(MARKUP.sub(WORD_JOINER, marked(line, rtl=rtl)) for line in cue.lines)
        for number, cue in enumerate(found, start=1)
    ]
    return "\n\n".join(blocks) + "\n"


def webvtt(found: Sequence[Cue], language: str) -> str:
    """Return `found` as a WebVTT file (https://www.w3.org/TR/webvtt1/)."""
    rtl = is_rtl(language)
    return _vtt(found, [[_escaped(marked(line, rtl=rtl)) for line in cue.lines] for cue in found])


def karaoke(found: Sequence[Cue], manifest: Manifest, language: str) -> str:
    """Return `found` as a WebVTT file with the time of each word, for players that show them."""
    steps = {step.id: step for step in manifest.steps}
    return _vtt(found, [list(_timed_lines(cue, steps[cue.step], language)) for cue in found])


def _timed_lines(cue: Cue, step: ManifestStep, language: str) -> Iterator[str]:
    told_ms = cue.start_ms  # a time must lie between those before it and the end of the cue
    for line, place in zip(cue.lines, cue.places, strict=True):
        direction = marked(line, rtl=is_rtl(language)).removesuffix(line)
        text, done = direction, 0
        for word in words(line, language):
            at_ms = place_ms(step, place + word.at)
            text += _escaped(line[done : word.at])
            if told_ms < at_ms < cue.end_ms:
                text, told_ms = f"{text}<{_stamp(at_ms, '.')}>", at_ms
            text += _escaped(line[word.at : word.end])
            done = word.end
        yield text + _escaped(line[done:])


def _vtt(found: Sequence[Cue], texts: Sequence[Sequence[str]]) -> str:
    cues = zip(found, texts, strict=True)
    return "\n\n".join(["WEBVTT", *(f"{_times(c, '.')}\n" + "\n".join(t) for c, t in cues)]) + "\n"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _times(cue: Cue, point: str) -> str:
    return f"{_stamp(cue.start_ms, point)} --> {_stamp(cue.end_ms, point)}"


def _stamp(at_ms: int, point: str) -> str:
    seconds, ms = divmod(at_ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{ms:03}"
