"""When words are heard, estimated from the sound, for voices that do not report it."""

from __future__ import annotations

from forge.workers.speaking import wav
from forge.workers.speaking.heard import Heard, by_word


def estimated(text: str, language: str, samples: wav.Samples) -> list[Heard]:
    """Return the times of the words of `text` in `samples` (48 kHz)."""
    return by_word(text, language, [Heard(0, len(text), 0.0, samples.size / wav.RATE)])
