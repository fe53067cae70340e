"""When words are heard, estimated from the sound, for voices that do not report it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from forge.workers.speaking import wav
from forge.workers.speaking.alignment import Break, Costs, Sound, align
from forge.workers.speaking.heard import Heard

FRAME_S = 0.01
PAUSE_S = 0.1  # a shorter silence is the closure of a stop consonant
QUIET = 0.03  # of the loudness that 5 % of the frames exceed: −30 dB
COSTS = Costs(missed=(0.0, 2.4), odd=1.0)


def estimated(text: str, language: str, samples: wav.Samples, rate: int = wav.RATE) -> list[Heard]:
    """Return the times of the words of `text` in `samples`, of `rate` Hz.

    Words are as long as their syllables suggest, in the stretches between the pauses of the sound.
    """
    loud = wav.audible_at(samples)
    first, last = (int(loud[0]), int(loud[-1]) + 1) if loud.size else (0, samples.size)
    sound = Sound(first / rate, last / rate, pauses(samples, rate))
    return align(text, language, sound, COSTS)


def pauses(samples: wav.Samples, rate: int) -> list[Break]:
    """Return the silences between the first and the last sound."""
    size = round(rate * FRAME_S)
    frames = samples[: samples.size // size * size].astype(np.float64).reshape(-1, size)
    if not frames.size:
        return []
    loudness = np.sqrt(np.mean(frames**2, axis=1))
    limit = max(wav.SILENCE, QUIET * float(np.percentile(loudness, 95)))
    loud = np.flatnonzero(loudness >= limit).tolist()
    return [
        _pause((a + 1) * FRAME_S, b * FRAME_S)
        for a, b in pairwise(loud)
        if (b - a - 1) * FRAME_S >= PAUSE_S
    ]


def _pause(from_s: float, until_s: float) -> Break:
    length = (until_s - from_s) / PAUSE_S
    return Break(from_s, until_s, is_stop=True, cost=0.6 * length**2)
