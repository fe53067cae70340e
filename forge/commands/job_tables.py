"""The tables of `forge list`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from forge.commands.planning import Planned
from forge.model.records import Job
from forge.model.settings import Settings
from forge.project.plan import with_prints
from forge.project.translated import Text
from forge.store.freshness import assess
from forge.workers.checks import find_machine


def all_jobs(settings: Settings, jobs: Sequence[Job]) -> Table:
    """Return a table of `jobs`."""
    table = _table("job", "title", "steps", "file", wrapped="title")
    for job in jobs:
        title = escape(job.title)
        if job.description:
            title += f"\n[dim]{escape(job.description)}[/dim]"
        table.add_row(job.name, title, str(len(job.lines)), _shown(settings, job.tutorial_file))
    return table


def _shown(settings: Settings, path: str) -> str:
    """Return a path for a table, from the project's folder if it is in it."""
    file = Path(path)
    inside = file.is_relative_to(settings.project_dir)
    return escape(str(file.relative_to(settings.project_dir) if inside else file))


def stale(settings: Settings, planned: Planned) -> Table:
    """Return a table of the jobs that a render would run, each with the reason."""
    machine = find_machine(settings)
    table = _table("job", "why", wrapped="why")
    given = planned.adapter.given if planned.adapter else ()
    localized = planned.localized
    for job in with_prints(planned.jobs, settings, machine, localized=localized, given=given):
        if why := assess(settings, machine, job).why:
            table.add_row(job.name, escape(why))
    return table


def stale_lines(settings: Settings, texts: Sequence[Text]) -> Table:
    """Return a table of translated `texts` whose source has changed since."""
    table = _table("side file", "key", "the source is now", wrapped="the source is now")
    for text in texts:
        table.add_row(_shown(settings, text.side_file), text.key, escape(text.source))
    return table


def _table(*columns: str, wrapped: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in columns:
        table.add_column(name, no_wrap=name != wrapped)
    return table
