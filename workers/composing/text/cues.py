"""Captions: the narration in cues of at most two lines, in time with its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import accumulate, pairwise
from typing import NamedTuple

from forge.model.timeline import Manifest, ManifestStep
from forge.text.segments import Span, line_pieces, spans
from forge.text.sentences import sentences
from forge.workers.composing.text.word_times import first_ms, last_ms, place_ms
from forge.workers.composing.text.wrapping import CLAUSE_ENDS, Measure, columns, wrap

LINE_COLUMNS = 42  # Chinese, Japanese and Korean characters take two
LINES_PER_CUE = 2
PAUSE_MS = 1000  # a longer pause of the voice begins a new cue
LINGER_MS = 300  # from the end of a cue's last word to the end of the cue
CLOSED_GAP_MS = 200  # a shorter gap after that is closed: the cue stays until the next one
READABLE = 20.0  # columns a second


class Cue(NamedTuple):
    """One caption: shown from `start_ms` to `end_ms`, at most two lines.

    `places`: where each line begins in the narration of the step `step` (code points).
    """

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]
    step: str = ""
    places: tuple[int, ...] = ()

    @property
    def span(self) -> Span:
        """Its part of the narration."""
        return Span(self.places[0], self.places[-1] + len(self.lines[-1]))

    @property
    def columns(self) -> int:
        """The length of its text."""
        return columns(" ".join(self.lines))

    @property
    def speed(self) -> float:
        """The columns that a viewer reads a second."""
        return self.columns * 1000 / (self.end_ms - self.start_ms)


def cues(
    manifest: Manifest, language: str, limit: float = LINE_COLUMNS, measure: Measure = columns
) -> list[Cue]:
    """Return the narration in cues of at most two lines, each at most `limit` long by `measure`.

    A cue begins with its first word. It ends shortly after its last one, or when the next cue
    begins; later if it could not be read in that time. Without times of words, each cue of a step
    gets a share of the sound according to its number of characters.
    """
    found = [
        cue
        for step in manifest.steps
        if step.narration
        for cue in _timed(step, _divided(step, language, limit, measure))
    ]
    if not found:
        return []
    starts = [*accumulate((cue.start_ms for cue in found), lambda one, two: max(one + 1, two))]
    ends = [*starts[1:], max(manifest.steps[-1].end_ms, found[-1].end_ms)]
    return [
        _lasting(cue._replace(start_ms=start_ms), until_ms)
        for cue, start_ms, until_ms in zip(found, starts, ends, strict=True)
    ]


def hurried(found: Sequence[Cue]) -> list[Cue]:
    """Return the fastest cue of each step that has one faster than one can read."""
    worst: dict[str, Cue] = {}
    for cue in found:
        if cue.speed > max(READABLE, worst[cue.step].speed if cue.step in worst else 0.0):
            worst[cue.step] = cue
    return list(worst.values())


def _lasting(cue: Cue, until_ms: int) -> Cue:
    """Return `cue` with its end, at most `until_ms`: when the next one begins."""
    end_ms = until_ms if until_ms - cue.end_ms <= CLOSED_GAP_MS else cue.end_ms
    needed_ms = cue.start_ms + int(-(-cue.columns * 1000 // READABLE))
    end_ms = min(max(end_ms, needed_ms), until_ms)
    return cue._replace(end_ms=max(end_ms, cue.start_ms + 1))


def _divided(step: ManifestStep, language: str, limit: float, measure: Measure) -> Iterator[Cue]:
    """Yield the cues of a step, without times."""
    for passage in _passages(step, language):
        text = step.narration[passage.at : passage.end]
        places, at = [], 0
        lines = wrap(text, limit, measure, language)
        for line in lines:
            at = text.index(line, at)
            places.append(passage.at + at)
            at += len(line)
        ends = set(accumulate(len(sentence) for sentence in sentences(text, language)))
        closing = [passage.at + len(text[:end].rstrip()) for end in ends]
        whole = list(zip(lines, places, strict=True))
        for part in _in_pairs(whole, {*closing}, partial(place_ms, step)):
            yield Cue(0, 0, tuple(line for line, _ in part), step.id, tuple(at for _, at in part))


def _passages(step: ManifestStep, language: str) -> list[Span]:
    """Return the parts of a narration between long pauses of the voice."""
    breaks = [span.at for span in spans(line_pieces(step.narration, language))]
    edges = [0]
    for word, following in pairwise(step.words):
        if following.from_ms - word.until_ms > PAUSE_MS:
            edges += [at for at in breaks if word.end <= at <= following.at][-1:]
    return [Span(*edge) for edge in pairwise([*edges, len(step.narration)])]


Line = tuple[str, int]  # its text, and where that is in the narration


def _in_pairs(
    lines: Sequence[Line], closing: set[int], begins_ms: Callable[[int], int]
) -> list[Sequence[Line]]:
    """Return `lines` in pairs; an odd line is alone where most cues can be read.

    Of such places, it is where most cues end with sentences; the ends of clauses count half.
    `closing`: where sentences end in the narration. `begins_ms`: when a place in it is heard.
    """

    def pairs(some: Sequence[Line]) -> list[Sequence[Line]]:
        return [some[i : i + LINES_PER_CUE] for i in range(0, len(some), LINES_PER_CUE)]

    def closed(part: Sequence[Line]) -> float:
        text, at = part[-1]
        return 1.0 if at + len(text) in closing else 0.5 * text.endswith(CLAUSE_ENDS)

    def is_hurried(part: Sequence[Line], following: Sequence[Line]) -> bool:
        shown_ms = begins_ms(following[0][1]) - begins_ms(part[0][1])
        return columns(" ".join(text for text, _ in part)) * 1000 > READABLE * shown_ms

    def merits(parts: Sequence[Sequence[Line]]) -> tuple[int, float]:
        hurried = sum(is_hurried(*both) for both in pairwise(parts))
        return -hurried, sum(map(closed, parts[:-1]))

    if len(lines) % LINES_PER_CUE == 0:
        return pairs(lines)
    alone = reversed(range(0, len(lines), LINES_PER_CUE))
    return max(
        ([*pairs(lines[:at]), lines[at : at + 1], *pairs(lines[at + 1 :])] for at in alone),
        key=merits,
    )


def _timed(step: ManifestStep, parts: Iterator[Cue]) -> Iterator[Cue]:
    """Yield the cues of a step with their times, those of unspoken text beside them."""
    found = list(parts)
    firsts = [first_ms(step, part.span) for part in found]
    spoken = [number for number, first in enumerate(firsts) if first is not None]
    if not spoken:
        yield from _shared(found, step.audio_start_ms, step.audio_start_ms + step.audio_ms)
        return
    yield from _shared(found[: spoken[0]], step.start_ms, firsts[spoken[0]] or 0)
    for number, following in zip(spoken, [*spoken[1:], None], strict=True):
        group = found[number:following]
        end_ms = last_ms(step, group[0].span) + LINGER_MS
        if following is not None:
            begins_ms = firsts[following] or 0
            end_ms = min(begins_ms, end_ms) if len(group) == 1 else begins_ms
        yield from _shared(group, firsts[number] or 0, end_ms)


def _shared(parts: Sequence[Cue], from_ms: int, until_ms: int) -> Iterator[Cue]:
    """Yield `parts` with the time between them shared by their numbers of characters."""
    sizes = [len(" ".join(part.lines)) for part in parts]
    edges = [from_ms + (until_ms - from_ms) * said // sum(sizes) for said in accumulate(sizes)]
    for part, start_ms, end_ms in zip(parts, [from_ms, *edges], edges, strict=False):
        yield part._replace(start_ms=start_ms, end_ms=end_ms)
