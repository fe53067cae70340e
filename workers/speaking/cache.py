"""Spoken lines by their content, so that no line is synthesised twice.

Many processes and threads may write at once without a lock: each writes a file of its own name and
renames it. Equal keys mean equal bytes, so it does not matter which rename comes last.

A file has its key in it: one that was put under another line's name would be spoken there.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from pathlib import Path
from typing import NamedTuple

from forge.errors import SpeechError
from forge.model.utterance import Utterance
from forge.store.atomic import part_of, under_way
from forge.workers.speaking import levels, wav
from forge.workers.speaking.heard import Heard, as_note, of_note
from forge.workers.speaking.saying import say
from forge.workers.speaking.voice import Voice

LAYOUT = "6"  # to be changed with every change of what `SpeechCache` writes


class Spoken(NamedTuple):
    """A line in the cache: its file, its length in samples, and when its words are heard."""

    path: Path
    samples: int
    words: list[Heard]


class SpeechCache:
    """Finished WAV files (48 kHz, trimmed) in `folder`, by content hash."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, voice: Voice, said: Utterance) -> Path:
        """Return the path of the file with `said` in `voice`, which may not be there yet."""
        key = "\0".join((LAYOUT, voice.key, json.dumps(said)))
        return self.folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.wav"

    def spoken(self, voice: Voice, said: Utterance) -> Spoken:
        """Return the file with `said` in `voice`; one that is missing or damaged is spoken now."""
        path = self.path(voice, said)
        try:
            kept = wav.read_line(path)
            if kept.rate == wav.RATE and wav.KEY in kept.notes:
                words = of_note(kept.notes.get(wav.WORDS, b""))
                return Spoken(path, kept.samples.size, words)
        except SpeechError:
            pass
        return self._speak(voice, said, path)

    def _speak(self, voice: Voice, said: Utterance, path: Path) -> Spoken:
        self.folder.mkdir(parents=True, exist_ok=True)
        # Of this call only: threads of one process may speak the same line at once.
        unique = f"{path.stem}-{uuid.uuid4().hex}"
        raw, ready = (part_of(self.folder / f"{unique}{s}", ".wav") for s in (".raw", ".ready"))
        with under_way(raw), under_way(ready):
            samples, words = say(voice, said, raw)
            note = as_note(words)
            notes = {
                wav.KEY: wav.key_of(path),
                wav.WORDS: note,
                wav.LEVELS: levels.as_note(samples),
            }
            wav.write(ready, samples, notes=notes)
            ready.replace(path)
        return Spoken(path, int(samples.size), of_note(note))
