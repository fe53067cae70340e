"""What a fork of the warm process does first: plan the jobs of the project as it is now."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from forge.model.machine import Machine
from forge.model.records import Job, Record
from forge.model.settings import Settings
from forge.project.load_module import use_project
from forge.project.plan import find_tutorial, read_plan
from forge.project.prints import with_prints
from forge.project.settings_sources import load_settings
from forge.workers import checks

#: What a fork would import otherwise, which takes a second or two.
MODULES = (
    "forge.watching.rounds",
    "forge.workers.watching.play",
    "forge.workers.composing.phase",
    "forge.workers.recording.phase",
    "forge.workers.speaking.phase",
    "forge.workers.speaking.engines.espeak",
    "forge.adapters.loading",
    "selenium.webdriver",
    "selenium.webdriver.support.select",
)


class Plan(Record):
    """The project at one moment.

    `codes` has, for each job by its name, a digest of the source text of each step, in their order.
    `given` are the files and folders of the project that the adapter's class names.
    """

    settings: Settings
    machine: Machine
    jobs: tuple[Job, ...]
    codes: dict[str, tuple[str, ...]]
    warnings: tuple[str, ...]
    given: tuple[str, ...] = ()


def planned(
    project_dir: Path,
    flags: Mapping[str, Any],
    only: tuple[str, ...],
    tell: Callable[[object], object],
) -> Plan:
    """Read the settings, the adapter and the tutorials of a project.

    Raises:
        ForgeError: one of them is wrong, or the browser is missing.
    """
    warnings: list[str] = []
    settings = load_settings(project_dir, flags, warnings.append)
    use_project(project_dir)
    adapter = checks.adapter_facts(settings)
    found = read_plan(settings, (), only)
    machine = checks.find_machine(settings)
    checks.check_look(settings)
    checks.check_music(settings)
    localized, given = adapter.localized, adapter.given
    jobs = with_prints(found.jobs, settings, machine, localized=localized, given=given)
    return Plan(
        settings=settings,
        machine=machine,
        jobs=tuple(jobs),
        codes={job.name: _codes(job) for job in jobs},
        warnings=(*warnings, *found.warnings),
        given=given,
    )


def _codes(job: Job) -> tuple[str, ...]:
    return tuple(_digest(step.run) for step in find_tutorial(job).tutorial.steps)


def _digest(function: Callable[..., object]) -> str:
    try:
        text = inspect.getsource(function)
    except (OSError, TypeError):  # made at run time, or an object
        return ""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
