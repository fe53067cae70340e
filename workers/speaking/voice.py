"""The seam of the speak phase: a `Voice` turns text into a WAV file, an `Engine` has voices."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Protocol

from forge.errors import ForgeError, MachineError, SettingsError
from forge.model import settings
from forge.text.sanitize import clean, said
from forge.text.suggest import nearest
from forge.workers.speaking.engines.espeak import EspeakEngine
from forge.workers.speaking.engines.silent import SilentEngine

GROUP = "forge.voices"


class Voice(Protocol):
    """An engine with one voice at one rate.

    `key` names everything that the sound depends on besides the text: engine, voice, rate and
    the versions that matter, and no secret. Two voices with one key speak a text to the same bytes.
    """

    @property
    def key(self) -> str: ...

    def speak(self, text: str, wav: Path) -> None:
        """Write `text` as a mono 16-bit WAV file; SpeechError when that cannot be done."""
        ...


class Engine(Protocol):
    """What an entry point of the group `forge.voices` names: a class, by the engine's name.

    `config` is `[voice]` of the settings; files that a voice's name stands for lie in
    `project_dir`.
    """

    def __init__(self, config: settings.Voice, project_dir: Path) -> None: ...

    def voice(self, name: str | None) -> Voice:
        """The voice of that name, or the engine's own choice; what is slow waits for `speak`."""
        ...

    def check(self, names: set[str | None]) -> list[str]:
        """Whether all is there to speak with these voices; returns warnings.

        Raises:
            MachineError, SettingsError: what is missing, and what to do about it.
        """
        ...


OWN: dict[str, type[Engine]] = {"pyttsx3": EspeakEngine, "silent": SilentEngine}


def make_voice(config: settings.Voice, name: str | None, project_dir: Path = Path()) -> Voice:
    """The voice that the settings ask for; `name` is the engine's own name of it.

    Raises:
        SettingsError: there is no such engine.
    """
    return _engine(config.engine)(config, project_dir).voice(name)


def check_voice(
    config: settings.Voice, names: set[str | None], project_dir: Path = Path()
) -> list[str]:
    """Try the engine and the voices before anything starts; returns warnings.

    Raises:
        MachineError: something is missing on this machine: a library, a package, a key.
        SettingsError: an engine or a voice is unknown (names the nearest).
    """
    engine = _engine(config.engine)
    try:
        warnings = engine(config, project_dir).check(names)
    except ForgeError:
        raise
    except BaseException as problem:  # it is others' code
        raise MachineError(
            f"voice.engine = {config.engine!r}: its check failed:"
            f" {type(problem).__name__}: {said(problem)}"
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
    except BaseException as problem:  # it is others' code
        raise MachineError(
            f"voice.engine = {point.name!r}: {point.value} cannot be loaded: {problem}",
            hint=f"install the package that offers it again: {point.dist and point.dist.name}",
        ) from problem
    return found
