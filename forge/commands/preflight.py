"""Everything that can be known to be wrong before a browser starts is said here."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import psutil

from forge.errors import AdapterError, MachineError, UsageError
from forge.model.machine import Machine
from forge.model.records import Job, PhaseChoice
from forge.model.settings import VOICES_BY_ENGINE, Settings
from forge.project.child_process import apart
from forge.store.atomic import make_folder, part_of, refuse_odd
from forge.store.fingerprint import read_whole_take
from forge.store.job_files import read_speech
from forge.store.private import FOLDER_MODE
from forge.workers import checks
from forge.workers.checks import AdapterFacts

SPARE_MB = 1024  # of memory, for everything else on the machine


def lanes_from(text: str | None, settings: Settings, lane_mb: float) -> tuple[int, list[str]]:
    """How many lanes `-j text` asks for, and warnings. Anything unusable means serial.

    `lane_mb` is what one lane takes of the memory, browser included.
    """
    if text == "auto":
        return max(1, min(_cores(), _lanes_in_memory(lane_mb))), []
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


def _cores() -> int:
    """The processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1


def _lanes_in_memory(lane_mb: float) -> int:
    free_mb = psutil.virtual_memory().available / 2**20 - SPARE_MB
    return max(0, int(free_mb / lane_mb))


def lack_of_room(settings: Settings) -> str | None:
    """Which disk has run full, where renders write; None while there is room."""
    for folder in (settings.output_dir, settings.work_root, Path(tempfile.gettempdir())):
        with suppress(OSError):  # what is wrong with it, whoever writes there will say
            free_mb = shutil.disk_usage(folder).free / 2**20
            if free_mb < settings.limits.disk_mb:
                return (
                    f"only {free_mb:.0f} MB are free in {folder},"
                    f" less than limits.disk_mb = {settings.limits.disk_mb:g}"
                )
    return None


def preflight(
    settings: Settings, jobs: Sequence[Job], lanes: int, phase: PhaseChoice
) -> tuple[Machine | None, list[str]]:
    """Check adapter, voice, browser and folders; returns the machine, and warnings.

    The machine is None for phases that record nothing.

    Raises:
        ForgeError: what is wrong, and what to do about it.
    """
    machine: Machine | None = None
    warnings: list[str] = []
    if phase in ("all", "record"):
        checks.import_browser_code()  # the child process that loads the adapter then need not
        _check_adapter(settings, lanes)
        machine = checks.find_machine(settings)
        warnings += checks.clock_warnings(settings, machine)
    if phase in ("all", "speak"):
        warnings += check_voices(settings, {job.voice for job in jobs})
        warnings += _unvoiced(settings, jobs)
    if phase in ("all", "compose"):
        checks.check_look(settings)
        warnings += checks.check_fonts(settings, jobs)
        checks.check_music(settings)
    if phase == "compose":
        _check_work_dirs(settings, jobs)
    _check_sources_apart(settings, jobs)
    check_writable(settings.output_dir)  # whatever the phase: batch.json goes there
    check_writable(settings.work_root, mode=FOLDER_MODE)
    if lack := lack_of_room(settings):
        raise MachineError(lack, hint="free some space, or lower the limit")
    return machine, warnings


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


def _unvoiced(settings: Settings, jobs: Sequence[Job]) -> list[str]:
    if settings.voice.engine not in VOICES_BY_ENGINE:
        return []  # its voices speak every language, or it knows better
    languages = {job.lang or settings.source_language for job in jobs if job.voice is None}
    return [
        f"no voice is known for language {lang!r}: the engine's own speaks;"
        f" name one in [voice.by_language]"
        for lang in sorted(languages)
    ]


def facts_of(settings: Settings) -> AdapterFacts:
    """Load the adapter, in a child process, and return what it declares.

    Raises:
        AdapterError: it does not load.
    """
    return _facts_of(settings.adapter, settings.project_dir, settings.limits.silence_s)


@cache
def _facts_of(reference: str | None, project_dir: Path, silence_s: float) -> AdapterFacts:
    return apart(
        AdapterFacts,
        lambda: checks.adapter_facts(reference, project_dir),
        f"adapter {reference!r}",
        silence_s=silence_s,
    )


def is_localized(settings: Settings) -> bool:
    """Whether the app itself looks different per language, by its adapter's word."""
    return facts_of(settings).localized


def _check_adapter(settings: Settings, lanes: int) -> None:
    adapter = facts_of(settings)
    if lanes > 1 and not adapter.parallel_safe:
        raise AdapterError(
            f"adapter {settings.adapter!r} is not parallel-safe, and {lanes} lanes were asked for",
            hint="render with -j 1, or isolate what renders share by ctx.slot.index"
            " and declare parallel_safe = True",
        )


def check_writable(folder: Path, *, mode: int = 0o777) -> None:
    """Make `folder` (with `mode`, less the umask) and try to write into it.

    Raises:
        MachineError: that cannot be done.
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
    """The file that `path`, the value of `option`, means: links are followed.

    Raises:
        UsageError: something is there that is no regular file.
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
    """Refuse an output folder with tutorials in it: outputs could write over their side files."""
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
