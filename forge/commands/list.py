"""`forge list`: show the jobs of a project, or those that a render would run."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import TYPE_CHECKING

from forge.commands.arguments import add_project, add_selection, selection_of, settings_of, warn
from forge.project.translated import counted

if TYPE_CHECKING:
    from rich.console import Console

    from forge.commands.planning import Planned
    from forge.model.settings import Settings


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

    settings, selection = settings_of(args), selection_of(args)
    tables = "stale_tables" if args.stale else "job_tables"
    planned = plan(
        settings,
        selection,
        adapter=args.stale,
        meanwhile=lambda: _import("rich.console", f"forge.commands.{tables}"),
    )
    from rich.console import Console

    console = Console(emoji=False)  # `:name:` in a title is text
    if args.stale:
        _print_stale(console, settings, planned)
        return 0
    from forge.commands.job_tables import all_jobs

    console.print(all_jobs(settings, planned.jobs))
    for note in planned.warnings:
        warn(console, note)
    return 0


def _import(*names: str) -> None:
    for name in names:
        import_module(name)


def _print_stale(console: Console, settings: Settings, planned: Planned) -> None:
    from forge.commands.stale_tables import stale, stale_lines

    table = stale(settings, planned)
    console.print(table if table.row_count else "every job is up to date")
    if planned.stale:
        console.print(f"\n{counted(len(planned.stale))} translated from an older text:")
        console.print(stale_lines(settings, planned.stale))
