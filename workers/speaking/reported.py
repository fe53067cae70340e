"""When words are heard, as an engine reports it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import inf

from forge.errors import SpeechError
from forge.text.segments import words
from forge.workers.speaking import wav
from forge.workers.speaking.estimate import estimated
from forge.workers.speaking.heard import Heard


def checked(reports: Iterable[Heard]) -> list[Heard]:
    """Return what an engine reports, which may be another package's.

    Raises:
        SpeechError: it is something else than times of words.
    """
    try:
        found = [Heard(*report) for report in reports]
        possible = all(0 <= r.at <= r.end and 0 <= r.from_s <= r.until_s < inf for r in found)
    except TypeError as problem:
        raise SpeechError(f"the voice returned no times of words: {problem}") from problem
    if not possible:
        raise SpeechError(
            "the voice returned wrong times of words: one is below 0, or ends before it begins"
        )
    return found


def by_word(
    text: str, language: str, reports: Iterable[Heard], samples: wav.Samples, rate: int = wav.RATE
) -> list[Heard]:
    """Return when each word of `text` is heard in `samples`, of `rate` Hz.

    Engines cut words in their own ways: what begins within a word belongs to it. Where they report
    fewer words than there are ("of the" as one), the time until the next report is divided.
    """
    spans = words(text, language)
    if not spans:
        return []
    begun: list[list[Heard]] = [[] for _ in spans]
    for report in sorted(reports, key=lambda report: report.from_s):
        index = next((i for i, span in enumerate(spans) if span.end > report.at), None)
        if index is not None and spans[index].at < max(report.end, report.at + 1):
            begun[index].append(report)
    found: list[Heard] = []
    groups = [0, *(i for i in range(1, len(spans)) if begun[i]), len(spans)]
    for first, last in pairwise(groups):
        mine = begun[first]
        # The silence that is cut off at the beginning makes the first report's time negative.
        from_s = max(0.0, mine[0].from_s) if mine else 0.0
        if mine and last == first + 1:
            found.append(Heard(*spans[first], from_s, max(report.until_s for report in mine)))
            continue
        until_s = begun[last][0].from_s if last < len(spans) else samples.size / rate
        at, end = spans[first].at, spans[last - 1].end
        part = samples[round(from_s * rate) : round(until_s * rate)]
        found += [w.moved(at, from_s) for w in estimated(text[at:end], language, part, rate)]
    return list(_in_order(found))


def _in_order(heard: Iterable[Heard]) -> Iterator[Heard]:
    """Yield the words so that none begins before another: "€ 5" may be read as "five euros"."""
    last_s = 0.0
    for word in heard:
        last_s = max(last_s, word.from_s)
        yield word._replace(from_s=last_s, until_s=max(last_s, word.until_s))
