"""The tables of `forge list --stale`."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from forge.commands.job_tables import from_project, made_table
from forge.commands.planning import Planned
from forge.model.settings import Settings
from forge.project.prints import with_prints
from forge.project.translated import Text
from forge.store.freshness import assess
from forge.workers import checks


def stale(settings: Settings, planned: Planned) -> Table:
    """Return a table of the jobs that a render would run, each with the reason."""
    machine = checks.find_machine(settings)
    table = made_table("job", "why", wrapped="why")
    given = planned.adapter.given if planned.adapter else ()
    localized = planned.localized
    for job in with_prints(planned.jobs, settings, machine, localized=localized, given=given):
        if why := assess(settings, machine, job).why:
            table.add_row(job.name, escape(why))
    return table


def stale_lines(settings: Settings, texts: Sequence[Text]) -> Table:
    """Return a table of translated `texts` whose source has changed since."""
    table = made_table("side file", "key", "the source is now", wrapped="the source is now")
    for text in texts:
        table.add_row(from_project(settings, text.side_file), text.key, escape(text.source))
    return table
