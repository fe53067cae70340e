"""The narration track: every line at its exact sample."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from forge.errors import ComposeError, SpeechError
from forge.model.timeline import Manifest
from forge.workers.speaking import wav

RATE = wav.RATE


def narration(manifest: Manifest) -> NDArray[np.float32]:
    """Return the narration of a whole video: mono, 48 kHz, −1 … 1, exactly `total_ms` long.

    Lines never overlap, because each step outlasts its line; so adding them cannot clip.

    Raises:
        ComposeError: an audio file is missing, damaged, or not as long as it was measured.
    """
    track = np.zeros(manifest.total_ms * RATE // 1000, dtype=np.float32)
    for step in manifest.steps:
        if step.audio_file is None:
            continue
        samples = _line(step.audio_file, step.audio_ms)
        start = step.audio_start_ms * RATE // 1000
        track[start : start + samples.size] += samples.astype(np.float32) / 32768
    return track


def _line(audio_file: str, audio_ms: int) -> NDArray[np.int16]:
    try:
        samples, rate = wav.read_sealed(Path(audio_file))
    except SpeechError as problem:
        raise ComposeError(problem.message, hint="speak it again: --phase speak") from problem
    if rate != RATE or not audio_ms - 1 < samples.size * 1000 / RATE <= audio_ms:
        raise ComposeError(
            f"{audio_file} is not as long as it was measured", hint="run all phases again"
        )
    return samples
