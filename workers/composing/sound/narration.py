"""The narration track: every line at its exact sample, and how loud each millisecond is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from forge.errors import ComposeError, SpeechError
from forge.model.timeline import Manifest, ManifestStep
from forge.workers.meter import STEP, Measured, measured
from forge.workers.speaking import levels, wav

RATE = wav.RATE
WINDOW_MS, NEAR_MS = 10, 60  # a line is cut in the quietest window so near before a word
FADE_MS = 4
Samples = NDArray[np.float32]


class Narration(NamedTuple):
    """A track of one channel, 48 kHz, −1 … 1, and its levels."""

    samples: Samples
    levels: Measured


def narration(manifest: Manifest) -> Narration:
    """Return the narration of a whole video, exactly `total_ms` long.

    A line has several pieces where the voice waits for the hand. Pieces never overlap, because each
    step outlasts its line; so adding them cannot clip. A line that is whole has been measured when
    it was spoken.

    Raises:
        ComposeError: an audio file is missing, damaged, or not as long as it was measured.
    """
    track = np.zeros(manifest.total_ms * RATE // 1000, dtype=np.float32)
    found = Measured.silent(manifest.total_ms)
    for step in manifest.steps:
        if step.audio_file is None:
            continue
        line = _line(step.audio_file, step.audio_ms)
        whole = levels.kept(line) if len(step.pieces) < 2 else None
        for start, part in _parts(step, levels.as_track(line.samples)):
            track[start : start + part.size] += part
            found.add(whole or _levels(start, part), start // STEP)
    return Narration(track, found)


def _levels(start: int, part: Samples) -> Measured:
    """Measure a piece whose first sample is number `start` of the track, in whole milliseconds."""
    before = start % STEP
    return measured(np.pad(part, (before, -(before + part.size) % STEP))[np.newaxis])


def _parts(step: ManifestStep, samples: Samples) -> Iterator[tuple[int, Samples]]:
    """Yield the pieces of a line, each with the sample of the track at which it begins."""
    if len(step.pieces) < 2:
        yield step.audio_start_ms * RATE // 1000, samples
        return
    quiet = accumulate((_quietest(samples, piece.from_ms) for piece in step.pieces[1:]), max)
    cuts = [0, *quiet, samples.size]
    for piece, (start, end) in zip(step.pieces, pairwise(cuts), strict=True):
        # A cut that is moved to a quieter place moves what is heard after it along.
        moved = start - piece.from_ms * RATE // 1000
        yield piece.at_ms * RATE // 1000 + moved, _cut(samples, start, end)


def _quietest(samples: Samples, at_ms: int) -> int:
    """Return the middle of the quietest window in NEAR_MS around a moment, in samples."""
    size, near = WINDOW_MS * RATE // 1000, NEAR_MS * RATE // 1000
    middle = at_ms * RATE // 1000
    first, last = max(0, middle - near - size), min(samples.size, middle + size)
    sums = np.concatenate(([0.0], np.cumsum(np.square(samples[first:last], dtype=np.float64))))
    energy = sums[size:] - sums[:-size]
    if not energy.size:
        return middle
    # Of equally quiet windows the last one is taken: a pause belongs to the word before it.
    return first + energy.size - 1 - int(np.argmin(energy[::-1])) + size // 2


def _cut(samples: Samples, start: int, end: int) -> Samples:
    """Return a part of a line, faded where the line goes on before or after it: no cut clicks."""
    part = samples[start:end].copy()
    size = min(FADE_MS * RATE // 1000, part.size // 2)
    ramp = np.linspace(0, 1, size, dtype=np.float32)
    if start:
        part[:size] *= ramp
    if end < samples.size:
        part[part.size - size :] *= ramp[::-1]
    return part


def _line(audio_file: str, audio_ms: int) -> wav.Sealed:
    try:
        line = wav.read_line(Path(audio_file))
    except SpeechError as problem:
        raise ComposeError(problem.message, hint="speak it again: --phase speak") from problem
    if line.rate != RATE or not audio_ms - 1 < line.samples.size * 1000 / RATE <= audio_ms:
        raise ComposeError(
            f"{audio_file} is not as long as it was measured", hint="run all phases again"
        )
    return line
