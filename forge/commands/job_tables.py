"""The table of `forge list`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from forge.model.records import Job
from forge.model.settings import Settings


def all_jobs(settings: Settings, jobs: Sequence[Job]) -> Table:
    """Return a table of `jobs`."""
    table = made_table("job", "title", "steps", "file", wrapped="title")
    for job in jobs:
        title = escape(job.title)
        if job.description:
            title += f"\n[dim]{escape(job.description)}[/dim]"
        table.add_row(
            job.name, title, str(len(job.lines)), from_project(settings, job.tutorial_file)
        )
    return table


def from_project(settings: Settings, path: str) -> str:
    """Return a path for a table, from the project's folder if it is in it."""
    file = Path(path)
    inside = file.is_relative_to(settings.project_dir)
    return escape(str(file.relative_to(settings.project_dir) if inside else file))


def made_table(*columns: str, wrapped: str) -> Table:
    """Return an empty table, of whose columns only `wrapped` may take several lines."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in columns:
        table.add_column(name, no_wrap=name != wrapped)
    return table
