"""Check, before a browser starts, everything that a batch will need."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import psutil

from forge.errors import AdapterError, MachineError, UsageError
from forge.model.app_rules import advice as app_advice
from forge.model.machine import Machine, processors
from forge.model.records import Job, PhaseChoice
from forge.model.settings import VOICES_BY_ENGINE, Settings
from forge.project.child_process import apart
from forge.store.atomic import make_folder, part_of, refuse_odd
from forge.store.fingerprint import read_whole_take
from forge.store.job_files import read_speech
from forge.store.private import FOLDER_MODE
from forge.store.room import lack_of_room
from forge.workers import checks
from forge.workers.checks import AdapterFacts

SPARE_MB = 1024  # memory left for everything else on the machine


def lanes_from(text: str | None, settings: Settings, lane_mb: float) -> tuple[int, list[str]]:
    """Return the number of lanes that `-j text` asks for, and warnings.

    None means the number in the settings, "auto" as many as processors and memory allow. Any other
    text that is not a number from 1 on means one lane, with a warning. `lane_mb` is the memory that
    a lane and its browser use, in MB.
    """
    if text == "auto":
        return max(1, min(processors(), _lanes_in_memory(lane_mb))), []
    try:
        number = settings.jobs if text is None else int(text)
    except ValueError:
        number = 0
    if number < 1:
        asked = text or "without a number"
        return 1, [f"-j {asked}: not a number of lanes (1, 2, … or auto); rendering serially"]
    if number > 1 and number > (room := _lanes_in_memory(lane_mb)):
        return number, [
            f"{number} lanes may need more memory than is free: there is room for {max(1, room)}"
            f" of {lane_mb:.0f} MB; `-j auto` takes no more than that"
        ]
    return number, []


def _lanes_in_memory(lane_mb: float) -> int:
    free_mb = psutil.virtual_memory().available / 2**20 - SPARE_MB
    return max(0, int(free_mb / lane_mb))


def check_project(
    settings: Settings, jobs: Sequence[Job], lanes: int, adapter: AdapterFacts | None
) -> Machine | None:
    """Check what every batch needs, even one with nothing to render: adapter, browser, folders.

    `adapter` is None for a batch that records nothing. Then the result is None, else the machine.

    Raises:
        ForgeError: something is missing or wrong.
    """
    machine: Machine | None = None
    if adapter:
        check_adapter(settings, lanes, adapter)
        checks.check_secrets(settings, lanes)
        machine = checks.find_machine(settings)
    _check_sources_apart(settings, jobs)
    check_writable(settings.output_dir)  # every phase writes batch.json there
    check_writable(settings.work_root, mode=FOLDER_MODE)
    if lack := lack_of_room(settings):
        raise MachineError(lack, hint="free some space, or lower the limit")
    return machine


def check_means(
    settings: Settings, machine: Machine | None, jobs: Sequence[Job], phase: PhaseChoice
) -> list[str]:
    """Check what `jobs`, those that will run, need: voices, fonts, music, takes; return warnings.

    These checks load what renders a video, which takes longer than to see that nothing is to do.

    Raises:
        ForgeError: something is missing or wrong.
    """
    warnings = check_first(settings, machine, jobs, phase)
    return warnings + check_while_starting(settings, jobs, phase)


def check_first(
    settings: Settings, machine: Machine | None, jobs: Sequence[Job], phase: PhaseChoice
) -> list[str]:
    """Make those checks of `check_means` that must come before any lane starts.

    A voice of another package is checked in a fork of this process, which is safe only as long as
    the process has no other threads.
    """
    if not jobs:
        return []
    warnings = checks.clock_warnings(settings, machine) if machine else []
    if machine:
        checks.check_app(settings)
        if note := app_advice(settings.app):
            warnings.append(note)
    if phase in ("all", "speak") and not checks.voices_are_own(settings):
        warnings += check_voices(settings, {job.voice for job in jobs})
    if phase == "compose":
        _check_work_dirs(settings, jobs)
    return warnings


def check_while_starting(settings: Settings, jobs: Sequence[Job], phase: PhaseChoice) -> list[str]:
    """Make those checks of `check_means` that can be made while the workers of lanes start."""
    warnings: list[str] = []
    if not jobs:
        return warnings
    if phase in ("all", "speak"):
        if checks.voices_are_own(settings):
            warnings += checks.check_voices(settings, {job.voice for job in jobs})
        warnings += _voice_warnings(settings, jobs)
    if phase in ("all", "compose"):
        checks.check_look(settings)
        warnings += checks.check_fonts(settings, jobs)
        checks.check_music(settings)
    return warnings


def check_voices(settings: Settings, names: set[str | None]) -> list[str]:
    """Try the engine and the voices `names`, in a child process; return warnings.

    Raises:
        ForgeError: one of them cannot be used.
    """
    return apart(
        list[str],
        lambda: checks.check_voices(settings, names),
        f"voice.engine = {settings.voice.engine!r}",
        silence_s=settings.limits.silence_s,
    )


def _voice_warnings(settings: Settings, jobs: Sequence[Job]) -> list[str]:
    if settings.voice.engine not in VOICES_BY_ENGINE:
        return []  # any voice of this engine speaks every language, or forge does not know
    languages = {job.lang or settings.source_language for job in jobs if job.voice is None}
    return [
        f"no voice is known for language {lang!r}: the engine's default voice speaks;"
        f" name one in [voice.by_language]"
        for lang in sorted(languages)
    ]


def facts_of(settings: Settings) -> AdapterFacts:
    """Load the adapter, in a child process, and return what it declares.

    Raises:
        AdapterError: it does not load.
    """
    return apart(
        AdapterFacts,
        lambda: checks.adapter_facts(settings),
        what_adapter(settings),
        silence_s=settings.limits.silence_s,
    )


def check_adapter(settings: Settings, lanes: int, adapter: AdapterFacts) -> None:
    """Refuse an adapter that several lanes cannot use at once.

    Raises:
        AdapterError: it is not parallel-safe.
    """
    if lanes > 1 and not adapter.parallel_safe:
        raise AdapterError(
            f"{what_adapter(settings)} is not parallel-safe, and {lanes} lanes were asked for",
            hint=f"render with -j 1; or {adapter.why_serial}",
        )


def what_adapter(settings: Settings) -> str:
    """Return how messages name the adapter."""
    return f"adapter {settings.adapter!r}" if settings.adapter else "the app of [app]"


def check_writable(folder: Path, *, mode: int = 0o777) -> None:
    """Make `folder` (with `mode`, minus the umask), and write a file into it as a test.

    Raises:
        MachineError: it cannot be made or written.
    """
    probe = part_of(folder / "probe")
    try:
        make_folder(folder, mode)
        probe.write_bytes(b"forge")
        probe.unlink()
    except OSError as problem:
        raise MachineError(
            f"the folder {folder} cannot be written: {problem.strerror or problem}",
            hint="name another one with --out-dir, or free some space",
        ) from problem


def check_file(option: str, path: Path) -> Path:
    """Return the file that `path`, the value of `option`, leads to; make its folder.

    Raises:
        UsageError: it exists, and is no regular file.
        MachineError: its folder cannot be written.
    """
    path = Path(os.path.realpath(path))
    try:
        refuse_odd(path)
    except OSError as problem:
        why = problem.strerror or str(problem)
        raise UsageError(f"{option} {path}: {why}", hint="name another file") from problem
    check_writable(path.parent)
    return path


def _check_sources_apart(settings: Settings, jobs: Sequence[Job]) -> None:
    """Refuse an output folder with tutorials in it: outputs could overwrite their side files."""
    out_dir = Path(os.path.realpath(settings.output_dir))
    for job in jobs:
        if Path(os.path.realpath(job.tutorial_file)).is_relative_to(out_dir):
            raise UsageError(
                f"out_dir {settings.output_dir} holds a tutorial: {job.tutorial_file}",
                hint='name a folder for the videos alone, such as "dist"',
            )


def _check_work_dirs(settings: Settings, jobs: Sequence[Job]) -> None:
    for job in jobs:
        work_dir = settings.work_root / job.name
        try:
            read_whole_take(work_dir)
            read_speech(work_dir)
        except (OSError, ValueError) as problem:
            raise UsageError(
                f"--phase compose: {work_dir} has no usable take and narration of {job.name!r}",
                hint="run --phase speak and --phase record first, or all phases",
            ) from problem
