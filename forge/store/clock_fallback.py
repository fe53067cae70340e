"""`clock = "auto"`: the virtual clock, or the elastic one for tutorials that need it.

A job whose recording fails on the virtual clock is recorded again on the elastic one, at once. If
that works, a file beside the work dirs records it for all languages of the tutorial: the next
recording begins on the elastic clock. The file no longer counts if an input of the take changes or
with another version of forge; `--force` removes it.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from forge.errors import ClockError, ForgeError, RecordingError, RenderError
from forge.model.machine import Machine
from forge.model.records import Job, Record
from forge.model.settings import Settings
from forge.store.atomic import remove, whole
from forge.store.fingerprint import Prints
from forge.store.regular import read_regular
from forge.version import __version__

SUFFIX = ".clock.json"  # after `.forge/<id of the tutorial>`


class GivenUp(Record):
    """Why the virtual clock was given up, and the prints of the take, without its clock."""

    forge: str
    prints: Prints
    why: str


def given_up(settings: Settings, machine: Machine | None, job: Job) -> str | None:
    """Return why `job` is recorded on the elastic clock under "auto"; None if it is not."""
    if machine is None or machine.clock != "auto":
        return None
    try:
        kept = GivenUp.model_validate_json(read_regular(note_of(settings, job)))
    except (OSError, ValidationError):
        return None
    return kept.why if (kept.forge, kept.prints) == (__version__, _prints(job)) else None


def give_up(settings: Settings, job: Job, why: str) -> None:
    """Record in a file that the tutorial of `job` needs the elastic clock."""
    kept = GivenUp(forge=__version__, prints=_prints(job), why=why)
    with whole(note_of(settings, job)) as part:
        part.write_text(kept.model_dump_json(indent=1), encoding="utf-8")


def forget(settings: Settings, job: Job) -> None:
    """Let the next recording try the virtual clock again."""
    remove(note_of(settings, job))


def on_each_clock(settings: Settings, machine: Machine | None, job: Job) -> tuple[Job, ...]:
    """Return `job` once for each clock whose take it may use, with the prints of that take.

    The clocks are the virtual one and, if that was given up, the elastic one.
    """
    return (job, on_elastic(job)) if given_up(settings, machine, job) else (job,)


def on_elastic(job: Job) -> Job:
    """Return `job` with the prints of a take on the elastic clock."""
    return job.model_copy(update={"take_prints": {**job.take_prints, "clock": "elastic"}})


def why_given_up(problem: Exception) -> str:
    """Return the warning about a recording that failed on the virtual clock."""
    step = problem.step if isinstance(problem, RecordingError) else None
    said = problem.message if isinstance(problem, ForgeError) else f"{problem!r}"
    first = (said.splitlines() or ["?"])[0]
    return f"virtual clock given up{f' in step {step!r}' if step else ''}: {first}"


def would_fail_again(problem: Exception) -> bool:
    """Return True if the next recording on the virtual clock would probably fail too."""
    passing = isinstance(problem, RenderError) and problem.transient
    return isinstance(problem, ClockError) or not passing


def note_of(settings: Settings, job: Job) -> Path:
    return settings.work_root / f"{job.id}{SUFFIX}"


def _prints(job: Job) -> Prints:
    return {key: of for key, of in job.take_prints.items() if key not in ("clock", "lang")}
