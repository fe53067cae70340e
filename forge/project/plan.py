"""Plan a batch: every tutorial in every language becomes a job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from glob import escape
from pathlib import Path

from forge.errors import ChangedError, ProjectError, TutorialError, UsageError
from forge.model.records import Job, Line, Mark, Record
from forge.model.settings import Settings
from forge.model.validators import make_validators
from forge.project.child_process import apart
from forge.project.discovery import Found, discover
from forge.project.late_selenium import import_late
from forge.project.lint import lint
from forge.project.translated import Text, warnings
from forge.store.paths import CACHE, LOGS
from forge.text.suggest import nearest


class Plan(Record):
    """The jobs of a batch in their order, and warnings for the author.

    `stale` are the translations of the batch whose source has changed since.
    """

    jobs: tuple[Job, ...]
    warnings: tuple[str, ...]
    stale: tuple[Text, ...]


make_validators(Mark, Line, Text, Job, Plan)  # before the fork, for both processes


def make_plan(
    settings: Settings,
    paths: Sequence[str] = (),
    only: Sequence[str] = (),
    meanwhile: Callable[[], object] = lambda: None,
) -> Plan:
    """Load the tutorials, in a child process, and return one job for each in each language.

    Jobs are ordered by tutorial, then by language; a language that is named twice counts once.
    `paths` are files, folders or globs from the current folder (empty: those of the settings);
    `only` are ids (empty: all). `meanwhile()` is called in this process while they load.

    Raises:
        ProjectError: a tutorial or a side file is wrong, or two jobs would write the same files.
        UsageError: a path or an id matches nothing.
    """

    def load() -> Plan:
        import_late()
        return read_plan(settings, paths, only)

    return apart(
        Plan,
        load,
        "the tutorials",
        silence_s=settings.limits.silence_s,
        meanwhile=meanwhile,
    )


def read_plan(settings: Settings, paths: Sequence[str], only: Sequence[str]) -> Plan:
    """Do the same as `make_plan` in this very process, which runs the users' code."""
    patterns = [_pattern(path) for path in paths] or list(settings.tutorials)
    found = _select(discover(patterns, settings.project_dir), only)
    languages: list[str | None] = list(dict.fromkeys(settings.languages or ())) or [None]
    jobs: list[Job] = []
    advice = [note for item in found for note in lint(item.tutorial, settings)]
    translated: list[Text] = []
    for item in found:
        for lang in languages:
            words, texts = item.words(lang, settings.source_language)
            translated += texts
            jobs.append(
                Job(
                    index=len(jobs),
                    id=item.tutorial.id,
                    lang=lang,
                    title=words.title,
                    tutorial_file=str(item.file),
                    voice=settings.voice.for_language(lang or settings.source_language),
                    lines=words.lines,
                    objectives=words.objectives,
                    summary=words.summary,
                    description=item.tutorial.description,
                )
            )
    refuse_collisions(jobs)
    return Plan(
        jobs=tuple(jobs),
        warnings=(*advice, *warnings(translated, settings.source_language)),
        stale=tuple(text for text in translated if text.is_stale),
    )


def shares_takes(settings: Settings, *, localized: bool) -> bool:
    """Return True if one take serves every language.

    It does not on the real clock, where each hold is as long as its narration, nor for a localized
    app, which looks different in each language.
    """
    return settings.video.clock != "real" and not localized


def refuse_collisions(jobs: Sequence[Job]) -> None:
    """Refuse jobs that would write the same files, or files that are forge's own.

    Names are compared without case, because `pt-BR` and `pt-br` are one file on many disks.

    Raises:
        TutorialError: an id is the name of a folder of forge's in `.forge`.
        ProjectError: two jobs would write the same files; names both.
    """
    seen: dict[str, Job] = {}
    for job in jobs:
        if job.name in (CACHE, LOGS):
            raise TutorialError(
                f"{job.tutorial_file}: the id {job.name!r} is reserved: forge keeps other files in"
                f" .forge/{job.name}",
                hint="give the tutorial another id=…",
            )
        other = seen.setdefault(job.name.casefold(), job)
        if other is not job:
            raise ProjectError(
                f"jobs {other.name!r} ({other.tutorial_file}) and {job.name!r}"
                f" ({job.tutorial_file}) would write the same files",
                hint="change one id, or name each language once",
            )


def _pattern(path: str) -> str:
    here = Path(path).absolute()
    if here.is_dir():
        return f"{escape(str(here))}/**/*.py"
    if here.exists():
        return escape(str(here))
    if not any(c in path for c in "*?["):
        raise UsageError(f"no tutorial matched: there is no file {here}")
    return str(Path(escape(str(Path.cwd()))) / path)


def _select(found: list[Found], only: Sequence[str]) -> list[Found]:
    ids = {item.tutorial.id for item in found}
    for wanted in only:
        if wanted not in ids:
            raise UsageError(f"no tutorial matched --only {wanted}", hint=nearest(wanted, ids))
    return [item for item in found if not only or item.tutorial.id in only]


def find_tutorial(job: Job) -> Found:
    """Load the tutorial of `job` from its file, in a worker.

    Raises:
        ChangedError: the file no longer declares that tutorial, or declares it with other steps.
    """
    from forge.project.discovery import load_tutorials

    steps = [line.step for line in job.lines]
    for item in load_tutorials(Path(job.tutorial_file)):
        if item.tutorial.id == job.id and [step.id for step in item.tutorial.steps] == steps:
            return item
    raise ChangedError(job.tutorial_file)
