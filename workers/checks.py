"""Checks that the parent process makes before a batch: is there what its workers need?

Adapters are users' code, and so are voices (except `voices_are_own`). The functions that load them
run it in this very process; call them in a child process (`forge.project.child_process`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from forge.adapters.app_table import adapter_of
from forge.adapters.contract import Adapter
from forge.errors import MachineError
from forge.model.app_settings import App
from forge.model.machine import Machine
from forge.model.records import Job, Record
from forge.model.settings import Settings
from forge.store.app_files import named_in_commands


class AdapterFacts(Record):
    """The name of an adapter's class, and what the class declares about the app.

    `why_serial` says why several lanes cannot use it at once. `given` are the files and folders
    that the class names.
    """

    name: str
    localized: bool
    parallel_safe: bool
    why_serial: str = ""
    given: tuple[str, ...] = ()


def adapter_facts(settings: Settings) -> AdapterFacts:
    """Load the adapter of the project, and return what it declares.

    Raises:
        AdapterError: it does not load.
    """
    adapter = adapter_of(settings)
    why_serial = adapter.why_serial()
    return AdapterFacts(
        name=adapter.__name__,
        localized=bool(adapter.localized),
        parallel_safe=not why_serial,
        why_serial=why_serial,
        given=given_files(adapter, settings.project_dir),
    )


def given_files(adapter: type[Adapter], project_dir: Path) -> tuple[str, ...]:
    """Return the files and folders of the project that `adapter` names, relative to it.

    They are those of its keys, if it derives from `WebApp`, and of its attributes that are data to
    copy. The names in its methods are not known. Files outside of the project are left out, because
    no other host gets them; so are files that are not there (yet).
    """
    from forge.adapters.data_copy import DataCopy
    from forge.adapters.web_app import WebApp

    copies = [value for kind in adapter.__mro__ for value in vars(kind).values()]
    found: list[str | Path] = []
    if issubclass(adapter, WebApp):
        app, source = adapter.keys_of_class()
        copies.append(source)
        found = [*filter(None, [app.static]), *named_in_commands(app, project_dir)]
    found += [path for copy in copies if isinstance(copy, DataCopy) for path in copy.sources()]
    paths = {project_dir / path for path in found}
    inside = (path for path in paths if path.is_relative_to(project_dir) and path.exists())
    return tuple(sorted(str(path.relative_to(project_dir)) for path in inside))


def check_secrets(settings: Settings, lanes: int) -> None:
    """Look for the variables that `lanes` lanes of this machine need, to sign in and for the app.

    Raises:
        AdapterError: one is not set.
    """
    from forge.adapters.app_table import file_of
    from forge.adapters.secret_values import require

    for key, named in _named_secrets(settings.app):
        where = f"{file_of(settings)}: {key}: "
        require(named, settings.project_dir, range(lanes), where)


def check_secrets_of_all(settings: Settings, folder: Path) -> None:
    """Look for the variables that every lane of this host needs, to sign in and for the app.

    `folder` will hold the project, without its `.env`. Variables of single slots, named with
    `{slot}`, are not looked for: a host learns the numbers of its slots with its jobs.

    Raises:
        AdapterError: one is not set.
    """
    from forge.adapters.secret_values import require

    for key, named in _named_secrets(settings.app):
        shared = {label: name for label, name in named.items() if "{slot}" not in name}
        require(shared, folder, [0], f"{key}: ")


def _named_secrets(app: App) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the keys of `[app]` that name variables of the environment, and those names."""
    from forge.adapters.secret_values import named_in

    if app.sign_in:
        yield "app.sign_in.fields", app.sign_in.fields
    yield "app.env", named_in(app.env)


def voices_are_own(settings: Settings) -> bool:
    """Return True if the check of the voices runs no users' code, and loads no large model."""
    return settings.voice.engine in ("pyttsx3", "silent")


def check_app(settings: Settings) -> None:
    """Look for what `[app]` needs of this machine: program, folders, port, address.

    Raises:
        ForgeError: it is missing.
    """
    from forge.adapters.app_checks import check_app

    check_app(settings)


def check_voices(settings: Settings, names: set[str | None]) -> list[str]:
    """Load the voice engine and try the voices `names` (None: the engine's own).

    Return warnings.

    Raises:
        ForgeError: the engine or one of the voices cannot be used.
    """
    from forge.workers.speaking.voice import check_voice

    return check_voice(settings.voice, names, settings.project_dir)


def check_look(settings: Settings) -> None:
    """Open the pictures and the font that `[style]` names.

    Raises:
        SettingsError: one of them is missing or cannot be read.
    """
    from forge.workers.composing.painting.theme import check_files

    check_files(settings)


def check_fonts(settings: Settings, jobs: Sequence[Job]) -> list[str]:
    """Return a warning for every job with text that cannot be drawn as it should be."""
    from forge.workers.composing.painting.theme import check_type

    return list(check_type(settings, jobs))


def check_music(settings: Settings) -> None:
    """Decode the beginning of `sound.music`, if it is set.

    Raises:
        SettingsError: there is no such file, or no sound in it.
    """
    if settings.sound.music:
        from forge.workers.composing.sound import music

        music.check_music(settings.project_dir / settings.sound.music)


def find_machine(settings: Settings) -> Machine:
    """Find browser and driver, and the clock that they allow.

    Raises:
        MachineError: a program is missing, or the virtual clock was asked for and cannot be had.
    """
    from forge.workers.recording.browser.find import find_browser, why_not_virtual

    found, clock = find_browser(settings.browser), settings.video.clock
    if clock in ("virtual", "auto"):
        why_not = why_not_virtual(found.binary)
        if why_not and clock == "virtual":
            raise MachineError(
                f"no virtual clock: {why_not}",
                hint='install chromium-headless-shell, or record with clock = "auto" or "elastic"',
            )
        clock = "elastic" if why_not else clock
    return Machine(browser=found.binary, driver=found.driver, clock=clock)


def clock_warnings(settings: Settings, machine: Machine) -> list[str]:
    """Return a warning if "auto" means the elastic clock on this machine."""
    from forge.workers.recording.browser.find import why_not_virtual

    if settings.video.clock != "auto" or machine.clock == "auto":
        return []
    why_not = why_not_virtual(machine.browser)
    return [f"recording on the elastic clock, not the virtual one: {why_not}"]
