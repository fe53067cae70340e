"""Match the words of a text to the parts of its sound, where only the times of the parts are known.

The parts are stretches of speech between breaks: pauses, or ends of the words of an engine that
does not say which words of the text they are. A break is the end of one word, or lies within one.
The match with the lowest cost is found: stretches are as long as their words suggest, and pauses
are where there is punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from forge.text.segments import words
from forge.workers.speaking.heard import Heard
from forge.workers.speaking.syllables import weight

# A stretch that is as long as its words suggest costs nothing. The cost of an error grows with its
# square, then in proportion: numbers may take much longer than their digits suggest.
SPREAD_S = 0.1  # variance per second of the stretch
SHORTEST_S = 0.15  # a stretch varies as if it were at least this long
TAIL = 0.3
# Limits of the search, far from any likely match:
BACK = 40  # breaks in a row that lie within words
DRIFT_S = 6.0  # between a break and the time that the words before it suggest

Floats = NDArray[np.float64]


#: Punctuation at which voices pause: not the colon of 10:30, and not the hyphen of a word.
STOP = re.compile(r"[,.;:!?…—–]\W*\s|[،؛؟।、。，；：！？]")


class Break(NamedTuple):
    """Where a part of the sound ends (seconds) and the next begins.

    `is_stop`: it is expected at punctuation. `cost`: of the assumption that it lies within a word.
    """

    from_s: float
    until_s: float
    is_stop: bool
    cost: float


class Sound(NamedTuple):
    """Speech from `from_s` to `until_s` (seconds), and the breaks in it."""

    from_s: float
    until_s: float
    breaks: Sequence[Break]


class Costs(NamedTuple):
    """Costs of assumptions about ends of words.

    `missed`: it has no break, before another word and before punctuation. `odd`: it has a break
    that is a stop although there is no punctuation, or the reverse.
    """

    missed: tuple[float, float]
    odd: float


def align(text: str, language: str, sound: Sound, costs: Costs) -> list[Heard]:
    """Return when each word of `text` is heard in `sound`."""
    spans = words(text, language)
    if not spans:
        return []
    stops = [bool(STOP.search(text[a.end : b.at])) for a, b in pairwise(spans)]
    length = np.cumsum([0.0, *(weight(text[at:end]) for at, end in spans)])
    found = _search(length / length[-1], np.array([False, *stops, True]), sound, costs)
    knots = [(0, sound.from_s, sound.from_s)]
    knots += [(count, *sound.breaks[number][:2]) for number, count in found]
    knots.append((len(spans), sound.until_s, sound.until_s))
    heard: list[Heard] = []
    for (first, _, from_s), (last, until_s, _) in pairwise(knots):
        part = length[first : last + 1]
        times_s = np.interp(part, [part[0], part[-1]], [from_s, until_s]).tolist()
        heard += [Heard(*spans[first + i], *ends) for i, ends in enumerate(pairwise(times_s))]
    return heard


def _search(
    parts: Floats, stops: NDArray[np.bool_], sound: Sound, costs: Costs
) -> list[tuple[int, int]]:
    """Return the pairs (break, number of words before it) of the best match, in order.

    By number of words: `parts` is how much of the text they are, 0 … 1; `stops` is True if
    punctuation follows them.
    """
    count, breaks = parts.size - 1, sound.breaks
    expected_s = parts * (sound.until_s - sound.from_s - sum(b.until_s - b.from_s for b in breaks))
    missed = np.cumsum(np.where(stops, costs.missed[1], costs.missed[0]))
    within = np.cumsum([0.0, *(b.cost for b in breaks), 0.0])
    # A row for each break, with a match for each number of words that may be spoken before it:
    # that number, the time of speech, the cost less `within`, the break, the match before it.
    rows = [np.array([[0.0, 0.0, 0.0, -1.0, -1.0]])]
    time_s, last_s = 0.0, sound.from_s
    for number, one in enumerate([*breaks, Break(sound.until_s, sound.until_s, True, 0.0)]):
        time_s, last_s = time_s + one.from_s - last_s, one.until_s
        ends = np.array([count])
        if number < len(breaks):
            ends = np.arange(1, count)
            ends = ends[np.abs(expected_s[ends] - time_s) < DRIFT_S]
        earlier = sum(map(len, rows[:-BACK]))
        old = np.concatenate(rows[-BACK:])
        spoken = old[:, 0].astype(np.intp)
        wanted_s = expected_s[ends] - expected_s[spoken][:, None]
        error_s = np.abs(time_s - old[:, 1, None] - wanted_s)
        cost = error_s**2 / (SPREAD_S * np.maximum(wanted_s, SHORTEST_S) + TAIL * error_s)
        cost += old[:, 2, None] + within[number] + missed[ends - 1] - missed[spoken][:, None]
        cost[ends <= spoken[:, None]] = np.inf
        before = np.argmin(cost, axis=0)
        best = cost[before, np.arange(ends.size)] - within[number + 1]
        best += np.where(stops[ends] == one.is_stop, 0.0, costs.odd)
        times, numbers = np.full(ends.size, time_s), np.full(ends.size, number)
        row = np.column_stack([ends, times, best, numbers, before + earlier])
        rows.append(row[np.isfinite(best)])
    return list(_chain(np.concatenate(rows)))[::-1]


def _chain(matches: Floats) -> Iterator[tuple[int, int]]:
    """Yield the breaks of the last match, and how many words are before each, from the last on."""
    at = int(matches[-1, 4])
    while at > 0:
        yield int(matches[at, 3]), int(matches[at, 0])
        at = int(matches[at, 4])
