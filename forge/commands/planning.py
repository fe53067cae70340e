"""Turn a selection into jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forge.commands.preflight import is_localized
from forge.commands.request import Selection
from forge.model.records import Job
from forge.model.settings import Settings
from forge.project.plan import make_plan, shares_takes
from forge.project.shards import Shard, parse_shard, split
from forge.project.translated import Text


@dataclass(frozen=True)
class Planned:
    """The jobs of a selection, and the whole batch of which they may be a shard.

    `stale` are the translations of the whole batch whose source has changed since.
    """

    jobs: Sequence[Job]
    whole: Sequence[Job]
    shard: Shard | None
    warnings: Sequence[str]
    stale: Sequence[Text]


def plan(settings: Settings, selection: Selection) -> Planned:
    """Load the tutorials, and return the jobs of `selection` in their order.

    Raises:
        ForgeError: a tutorial, a side file, the selection or its shard is wrong; or the adapter
            does not load, which says whether languages share takes.
    """
    found = make_plan(settings, selection.paths, selection.only)
    if selection.shard is None:
        return Planned(found.jobs, found.jobs, None, found.warnings, found.stale)
    shard = parse_shard(selection.shard)
    shared = shares_takes(settings, localized=is_localized(settings))
    jobs = split(found.jobs, shard, shared_takes=shared)
    notes = () if jobs else (f"shard {shard} has no jobs: there are not enough to go round",)
    return Planned(jobs, found.jobs, shard, (*found.warnings, *notes), found.stale)
