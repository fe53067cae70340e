"""The seam of the speak phase: a `Voice` turns text into a WAV file."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from forge import settings
from forge.errors import SettingsError
from forge.workers.speaking.espeak import EspeakVoice
from forge.workers.speaking.silent import SilentVoice


class Voice(Protocol):
    """An engine with one voice at one rate.

    `key` names everything that the sound depends on besides the text: engine, voice, rate and
    the versions that matter. Two voices with one key speak a text to the same bytes.
    """

    @property
    def key(self) -> str: ...

    def speak(self, text: str, wav: Path) -> None:
        """Write `text` as a mono 16-bit WAV file; SpeechError when that cannot be done."""
        ...


def make_voice(config: settings.Voice, name: str | None) -> Voice:
    """The voice that the settings ask for; `name` is the engine's own name of it.

    Raises:
        SettingsError: there is no such engine.
    """
    if config.engine == "silent":
        return SilentVoice()
    if config.engine == "pyttsx3":
        return EspeakVoice(name or "gmw/en", config.rate, config.timeout_s)
    raise SettingsError(
        f"voice.engine = {config.engine!r}: there is no such voice engine",
        hint="forge has pyttsx3 and silent",
    )


def check_voice(config: settings.Voice, names: set[str | None]) -> list[str]:
    """Try the engine and the voices before anything starts; returns warnings.

    Raises:
        MachineError: the engine's library is missing (names the package).
        SettingsError: a voice is unknown (names the nearest).
    """
    make_voice(config, None)
    return EspeakVoice.check(names) if config.engine == "pyttsx3" else []
