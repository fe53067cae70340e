"""Spoken lines by their content, so that no line is synthesised twice.

Many processes may write at once without a lock: each writes a file of its own name and renames
it. Equal keys mean equal bytes, so it does not matter which rename comes last.
"""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path

from forge.errors import SpeechError
from forge.store.atomic import part_of, under_way
from forge.workers.speaking import wav
from forge.workers.speaking.voice import Voice

LAYOUT = "3"  # to be changed with every change of `wav.finish`: its results are what is kept


class SpeechCache:
    """Finished WAV files (48 kHz, trimmed) in `folder`, by content hash."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, voice: Voice, text: str) -> Path:
        """Return the path of the file with `text` in `voice`, which may not be there yet."""
        key = "\0".join((LAYOUT, voice.key, text))
        return self.folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.wav"

    def spoken(self, voice: Voice, text: str) -> tuple[Path, int]:
        """Return the file with `text` in `voice` and its length in samples.

        A file that is missing or damaged is spoken now.
        """
        path = self.path(voice, text)
        try:
            samples, rate = wav.read_sealed(path)
            if rate == wav.RATE:
                return path, samples.size
        except SpeechError:
            pass
        return path, self._speak(voice, text, path)

    def _speak(self, voice: Voice, text: str, path: Path) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        unique = self.folder / f"{path.stem}.{uuid.uuid4().hex}"
        raw, ready = (part_of(unique.with_suffix(s), ".wav") for s in (".raw", ".ready"))
        with under_way(raw), under_way(ready):
            voice.speak(text, raw)
            samples = wav.finish(*wav.read(raw))
            wav.write(ready, samples)
            ready.replace(path)
        return int(samples.size)
