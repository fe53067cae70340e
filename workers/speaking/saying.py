"""A line as one sound: its parts are spoken one by one, with exact silence between them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

from forge.model.utterance import Utterance
from forge.text.speakable import says_something
from forge.workers.speaking import wav
from forge.workers.speaking.estimate import estimated
from forge.workers.speaking.heard import Heard, audible
from forge.workers.speaking.reported import by_word, checked
from forge.workers.speaking.voice import Voice


def say(voice: Voice, said: Utterance, raw: Path) -> tuple[wav.Samples, list[Heard]]:
    """Return the sound of `said` (48 kHz) and when its words are heard; `raw` is a file to use.

    Raises:
        SpeechError: the voice cannot speak.
    """
    sound = _Sound()
    for text, at, pause_s in _parts(said):
        if says_something(text):
            sound.add(at, *_spoken(voice, text, said.language, raw))
        sound.pause_s += pause_s
    return sound.whole(), sound.heard


def _parts(said: Utterance) -> Iterator[tuple[str, int, float]]:
    """Yield the texts between pauses, their places, and the pause after each (seconds)."""
    cuts = [(0, 0.0), *said.pauses, (len(said.text), 0.0)]
    for (at, _), (end, pause_s) in pairwise(cuts):
        text = said.text[at:end]
        yield text.strip(), at + len(text) - len(text.lstrip()), pause_s


def _spoken(voice: Voice, text: str, language: str, raw: Path) -> tuple[wav.Samples, list[Heard]]:
    reported = voice.speak(text, raw)
    samples, cut_s = wav.finish(*wav.read(raw))
    if reported is None:
        words = estimated(text, language, samples)
    else:
        later = [word.moved(0, -cut_s) for word in checked(reported)]
        words = by_word(text, language, later, samples)
    return samples, audible(words, samples, wav.RATE)


class _Sound:
    """Parts of a line, with pauses from the last audible sample to the first of the next part."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.pause_s = 0.0  # before the next part
        self._parts: list[wav.Samples] = []
        self._still = 0  # samples after the last audible one

    def add(self, at: int, samples: wav.Samples, heard: list[Heard]) -> None:
        """Add a part whose text begins at the place `at` of the line."""
        loud = wav.audible_at(samples)
        self._add_pause(int(loud[0]) if loud.size else 0)
        begin_s = sum(part.size for part in self._parts) / wav.RATE
        self.heard += [word.moved(at, begin_s) for word in heard]
        self._parts.append(samples)
        self._still = samples.size - 1 - int(loud[-1]) if loud.size else 0

    def whole(self) -> wav.Samples:
        """Return the parts as one."""
        self._add_pause(0)
        return np.concatenate(self._parts)

    def _add_pause(self, still: int) -> None:
        """Add what is missing of the pause before a part that begins with `still` samples."""
        missing = round(self.pause_s * wav.RATE) - self._still - still
        self._parts.append(np.zeros(max(0, missing), dtype=np.int16))
        self.pause_s, self._still = 0.0, 0
