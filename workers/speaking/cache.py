"""Spoken lines by what they depend on: a line that was spoken once is never synthesised again.

Safe for many writers without a lock: each writes a file of its own name and renames it; since
one key always gives the same bytes, it does not matter who is last.
"""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path

from forge.errors import SpeechError
from forge.store.atomic import part_of, under_way
from forge.workers.speaking import wav
from forge.workers.speaking.voice import Voice

LAYOUT = "3"  # changes whenever `wav.finish` does: what it makes is what is kept


class SpeechCache:
    """Finished WAV files (48 kHz, trimmed) in `folder`, by content hash."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, voice: Voice, text: str) -> Path:
        """Where `text` in `voice` is kept."""
        key = "\0".join((LAYOUT, voice.key, text))
        return self.folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.wav"

    def spoken(self, voice: Voice, text: str) -> tuple[Path, int]:
        """The file with `text` in `voice` and its length in samples, spoken now if need be."""
        kept = self.path(voice, text)
        try:
            samples, rate = wav.read_sealed(kept)
            if rate == wav.RATE:
                return kept, samples.size
        except SpeechError:
            pass  # not there, or damaged: speak it
        return kept, self._speak(voice, text, kept)

    def _speak(self, voice: Voice, text: str, kept: Path) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        unique = self.folder / f"{kept.stem}.{uuid.uuid4().hex}"
        raw, ready = (part_of(unique.with_suffix(s), ".wav") for s in (".raw", ".ready"))
        with under_way(raw), under_way(ready):
            voice.speak(text, raw)
            samples = wav.finish(*wav.read(raw))
            wav.write(ready, samples)
            ready.replace(kept)
        return int(samples.size)
