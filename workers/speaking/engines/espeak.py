"""pyttsx3 with espeak-ng, each line in a process of its own (see `speaker`)."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from forge.errors import MachineError, SettingsError, SpeechError
from forge.model.machine import processors
from forge.model.settings import Voice
from forge.text.segments import clipped
from forge.text.suggest import nearest
from forge.workers.speaking.engines.speakers import Speakers, shared_speakers
from forge.workers.speaking.heard import Heard
from forge.workers.speaking.rate import is_truncated

TRIES = 3
#: Voices that one cannot understand: why, and what speaks the language instead.
UNUSABLE = {
    "jpx/ja": ("reads Japanese characters out by name", 'voice.engine = "kokoro"'),
    "sem/he": ("reads Hebrew without its vowels", 'voice.engine = "openai" or "elevenlabs"'),
    "sit/cmn": ("reads Chinese characters out by name", 'voice.engine = "kokoro"'),
}


class EspeakVoice:
    """One espeak-ng voice at one rate (words per minute).

    `timeout_s`: the time that one line may take.
    """

    lines_at_once = processors()  # each line has a process of its own

    def __init__(self, name: str, rate: int, timeout_s: float) -> None:
        self.name = name.lower()
        self.rate = rate
        self.timeout_s = timeout_s
        self._speakers = shared_speakers()

    @property
    def key(self) -> str:
        """Version, voice and rate (`Voice.key`)."""
        return f"pyttsx3-{version('pyttsx3')}/{self.name}/{self.rate}"

    def speak(self, text: str, path: Path) -> list[Heard]:
        """Speak `text` into `path`, and again if the file is missing or truncated.

        Returns:
            the times of the words.

        Raises:
            SpeechError: three tries gave no good file.
            MachineError: espeak-ng is not installed.
        """
        for _ in range(TRIES):
            try:
                return self._speak_once(text, path)
            except SpeechError as problem:
                path.unlink(missing_ok=True)
                last = problem
        raise SpeechError(
            f"cannot speak {clipped(text, 60)!r} with {self.name}: {last.message}",
            transient=last.transient,
        ) from last

    def _speak_once(self, text: str, path: Path) -> list[Heard]:
        request = {"text": text, "voice": self.name, "rate": self.rate, "path": str(path)}
        words = self._speakers.ask(request, self.timeout_s)
        from forge.workers.speaking import wav  # not above: a check needs no numpy and no PyAV

        samples, rate = wav.read(path)
        if is_truncated(text, samples.size / rate):
            raise SpeechError(f"the file is truncated: {samples.size / rate:.2f} s")
        return [Heard(at, at + length, begin_s, end_s) for at, length, begin_s, end_s in words]

    @staticmethod
    def check(names: set[str | None]) -> list[str]:
        """Check that the engine is there and has the voices `names`; return warnings.

        Raises:
            MachineError: espeak-ng is not installed, or does not answer.
            SettingsError: a voice is unknown.
        """
        speakers = Speakers()
        try:
            known = set(speakers.ask({}, 30.0))
        except SpeechError as problem:
            raise MachineError(
                f"espeak-ng does not list its voices: {problem.message}"
            ) from problem
        finally:
            speakers.close()
        wanted = {name for name in names if name}
        for name in sorted(wanted):
            if name.lower() not in known:
                raise SettingsError(f"unknown voice {name!r}", hint=nearest(name, known))
        return [
            f"voice {name!r}: espeak-ng {why}, which is not understood; use {instead}"
            for name, (why, instead) in UNUSABLE.items()
            if name in wanted
        ]


class EspeakEngine:
    """espeak-ng's voices, at the rate of the settings."""

    def __init__(self, config: Voice, project_dir: Path) -> None:
        self._config = config

    def voice(self, name: str | None) -> EspeakVoice:
        """Return the voice of that name, by default English."""
        return EspeakVoice(name or "gmw/en", self._config.rate, self._config.timeout_s)

    def check(self, names: set[str | None]) -> list[str]:
        """Check that the engine is there and has the voices `names`; return warnings."""
        return EspeakVoice.check(names)
