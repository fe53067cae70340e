"""`forge list`: show the jobs of a project, or those that a render would run."""

from __future__ import annotations

import argparse
from importlib import import_module

from forge.commands.arguments import add_project, add_selection, selection_of, settings_of, warn
from forge.project.translated import counted


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
    planned = plan(
        settings,
        selection,
        adapter=args.stale,
        meanwhile=lambda: import_module("forge.commands.job_tables"),
    )
    from rich.console import Console

    from forge.commands import job_tables

    console = Console()
    if args.stale:
        table = job_tables.stale(settings, planned)
        console.print(table if table.row_count else "every job is up to date")
        if planned.stale:
            console.print(f"\n{counted(len(planned.stale))} translated from an older text:")
            console.print(job_tables.stale_lines(settings, planned.stale))
        return 0
    console.print(job_tables.all_jobs(settings, planned.jobs))
    for note in planned.warnings:
        warn(console, note)
    return 0
