"""pyttsx3 with espeak-ng, each line in a short-lived process of its own (see `speaker`)."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from forge.errors import ForgeError, MachineError, SettingsError, SpeechError
from forge.model.settings import Voice
from forge.text.segments import clipped
from forge.text.suggest import nearest
from forge.workers.speaking import wav
from forge.workers.speaking.heard import Heard
from forge.workers.speaking.rate import is_truncated

SPEAKER = Path(__file__).with_name("speaker.py")
TRIES = 3
ENGINE_HINT = "install espeak-ng: `apt-get install libespeak-ng1`, or use --voice silent"
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

    def __init__(self, name: str, rate: int, timeout_s: float) -> None:
        self.name = name.lower()
        self.rate = rate
        self.timeout_s = timeout_s

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
        for _ in range(1, TRIES + 1):
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
        words = _ask(request, self.timeout_s)
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
        try:
            known = set(_ask({}, 30.0))
        except SpeechError as problem:
            raise MachineError(
                f"espeak-ng does not list its voices: {problem.message}"
            ) from problem
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


def _ask(request: dict[str, Any], timeout_s: float) -> Any:
    """Run one speaker process; return its answer.

    Raises:
        MachineError: espeak-ng is not installed.
        SpeechError: the process reported an error, died, or took longer than `timeout_s`.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-P", str(SPEAKER)],
            input=json.dumps(request),
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as problem:
        raise SpeechError(
            f"the voice did not answer within {timeout_s:g} s", transient=True
        ) from problem
    try:
        answer = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError) as problem:
        trace = done.stderr.strip().splitlines()[-1:] or ["no output"]
        raise SpeechError(
            f"the voice's process ended with exit code {done.returncode}: {trace[0]}",
            transient=True,
        ) from problem
    if "error" in answer:
        raise _error(answer)
    return answer["ok"]


def _error(answer: dict[str, str]) -> ForgeError:
    if answer["error"] == "LookupError":
        return MachineError(answer["message"], hint=ENGINE_HINT)
    return SpeechError(answer["message"])
