"""Voices and their engines: a `Voice` turns text into a WAV file, an `Engine` has voices.

Other packages may bring engines of their own, by entry points of the group `forge.voices`.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Protocol

from forge.errors import ForgeError, MachineError, SettingsError
from forge.model import settings
from forge.text.sanitize import clean, message_of
from forge.text.suggest import nearest
from forge.workers.speaking.engines.espeak import EspeakEngine
from forge.workers.speaking.engines.silent import SilentEngine
from forge.workers.speaking.heard import Heard

GROUP = "forge.voices"


class Voice(Protocol):
    """One voice of an engine, at one rate.

    A voice that can speak several lines at the same time, in threads, may say how many by an
    attribute `lines_at_once`.
    """

    @property
    def key(self) -> str:
        """Everything that the sound depends on besides the text, and no secret.

        Engine, voice, rate, and the versions that matter. Voices with equal keys must speak equal
        texts to equal bytes: the speech cache relies on it.
        """
        ...

    def speak(self, text: str, wav: Path) -> Sequence[Heard] | None:
        """Write `text` as a mono 16-bit WAV file.

        Returns:
            when its words are heard, in order; None if it is not known. forge then estimates it
            from the sound.

        Raises:
            SpeechError: the line cannot be spoken.
        """
        ...


class Engine(Protocol):
    """A class that an entry point of the group `forge.voices` names; its name is the engine's.

    `config` is `[voice]` of the settings. A voice's name may be a path relative to `project_dir`.
    """

    def __init__(self, config: settings.Voice, project_dir: Path) -> None: ...

    def voice(self, name: str | None) -> Voice:
        """Return the voice of that name, or the engine's default for None.

        It should be quick: leave slow work, such as loading a model, to `speak`.
        """
        ...

    def check(self, names: set[str | None]) -> list[str]:
        """Check that these voices can be used; return warnings.

        Raises:
            MachineError: something is missing on this machine; the hint says what to do.
            SettingsError: a setting or a voice is unknown.
        """
        ...


OWN: dict[str, type[Engine]] = {"pyttsx3": EspeakEngine, "silent": SilentEngine}


def make_voice(config: settings.Voice, name: str | None, project_dir: Path = Path()) -> Voice:
    """Return the voice that the settings ask for; `name` is the engine's own name for it.

    Raises:
        SettingsError: the engine is unknown.
    """
    return _engine(config.engine)(config, project_dir).voice(name)


def check_voice(
    config: settings.Voice, names: set[str | None], project_dir: Path = Path()
) -> list[str]:
    """Check the engine and the voices before a batch starts; return warnings.

    Raises:
        MachineError: something is missing on this machine: a library, a package, a key.
        SettingsError: an engine or a voice is unknown; the hint names the nearest.
    """
    engine = _engine(config.engine)
    try:
        warnings = engine(config, project_dir).check(names)
    except ForgeError:
        raise
    except BaseException as problem:  # the engine may be another package's code
        raise MachineError(
            f"voice.engine = {config.engine!r}: its check failed:"
            f" {type(problem).__name__}: {message_of(problem)}"
        ) from problem
    if not (isinstance(warnings, list | tuple) and all(isinstance(w, str) for w in warnings)):
        raise MachineError(
            f"voice.engine = {config.engine!r}: its check returned {warnings!r},"
            " not a list of texts"
        )
    return [clean(warning) for warning in warnings]


def _engine(name: str) -> type[Engine]:
    if name in OWN:
        return OWN[name]
    offered = {point.name: point for point in entry_points(group=GROUP)}
    if name not in offered:
        raise SettingsError(
            f"voice.engine = {name!r}: there is no such voice engine",
            hint=nearest(name, {*OWN, *offered}),
        )
    return _load(offered[name])


def _load(point: EntryPoint) -> type[Engine]:
    try:
        found: type[Engine] = point.load()
    except BaseException as problem:  # the code of another package
        raise MachineError(
            f"voice.engine = {point.name!r}: {point.value} cannot be loaded: {problem}",
            hint=f"reinstall the package that brings it: {point.dist and point.dist.name}",
        ) from problem
    return found
