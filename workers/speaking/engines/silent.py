"""A voice of silence, as long as speech would be."""

from __future__ import annotations

from pathlib import Path

from forge.model.settings import Voice
from forge.model.speech import silent_ms


class SilentVoice:
    """Silence of max(1.2 s, words × 0.38 s)."""

    key = "silent-1"

    def speak(self, text: str, path: Path) -> None:
        """Write silence of the length of `text`."""
        import numpy as np

        from forge.workers.speaking import wav

        wav.write(path, np.zeros(silent_ms(text) * wav.RATE // 1000, dtype=np.int16))


class SilentEngine:
    """The engine with the one silent voice, under any name."""

    def __init__(self, config: Voice, project_dir: Path) -> None:
        pass

    def voice(self, name: str | None) -> SilentVoice:
        """Return the silent voice."""
        return SilentVoice()

    def check(self, names: set[str | None]) -> list[str]:
        """Return no warnings: there is nothing that could be missing."""
        return []
