"""`forge list`: show the jobs of a project, or those that a render would run."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from forge.commands.arguments import add_project, add_selection, selection_of, settings_of, warn
from forge.model.records import Job
from forge.model.settings import Settings
from forge.project.translated import Text, counted

if TYPE_CHECKING:
    from forge.commands.planning import Planned


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_project(parser)
    add_selection(parser)
    parser.add_argument(
        "--stale",
        action="store_true",
        help="show only the jobs that a render would run, each with the reason, and the translated"
        " lines whose source has changed",
    )


def run(args: argparse.Namespace) -> int:
    """Print the table; return the exit code."""
    from forge.commands.planning import plan

    settings = settings_of(args)
    planned = plan(settings, selection_of(args), adapter=args.stale)
    console = Console()
    if args.stale:
        table = _stale(settings, planned)
        console.print(table if table.row_count else "every job is up to date")
        if planned.stale:
            console.print(f"\n{counted(len(planned.stale))} translated from an older text:")
            console.print(_stale_lines(settings, planned.stale))
        return 0
    console.print(_all(settings, planned.jobs))
    for note in planned.warnings:
        warn(console, note)
    return 0


def _all(settings: Settings, jobs: Sequence[Job]) -> Table:
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


def _stale(settings: Settings, planned: Planned) -> Table:
    from forge.project.plan import with_prints
    from forge.store.freshness import assess
    from forge.workers.checks import find_machine

    machine = find_machine(settings)
    table = _table("job", "why", wrapped="why")
    given = planned.adapter.given if planned.adapter else ()
    localized = planned.localized
    for job in with_prints(planned.jobs, settings, machine, localized=localized, given=given):
        if why := assess(settings, machine, job).why:
            table.add_row(job.name, escape(why))
    return table


def _stale_lines(settings: Settings, texts: Sequence[Text]) -> Table:
    table = _table("side file", "key", "the source is now", wrapped="the source is now")
    for text in texts:
        table.add_row(_shown(settings, text.side_file), text.key, escape(text.source))
    return table


def _table(*columns: str, wrapped: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in columns:
        table.add_column(name, no_wrap=name != wrapped)
    return table
