"""Turn a selection into jobs, and load the adapter beside the tutorials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from forge.commands.request import RenderRequest, Selection
from forge.model.records import Job
from forge.model.settings import Settings
from forge.project.plan import make_plan, shares_takes
from forge.project.shards import Shard, parse_shard, split
from forge.project.translated import Text

if TYPE_CHECKING:
    from forge.workers.checks import AdapterFacts


@dataclass(frozen=True)
class Planned:
    """The jobs of a selection, and the whole batch of which they may be a shard.

    `stale` are the translations of the whole batch whose source has changed since. `adapter` is
    None where it was not loaded.
    """

    jobs: Sequence[Job]
    whole: Sequence[Job]
    shard: Shard | None
    warnings: Sequence[str]
    stale: Sequence[Text]
    adapter: AdapterFacts | None

    @property
    def localized(self) -> bool:
        """True if the adapter says that the app looks different in each language."""
        return self.adapter is not None and self.adapter.localized


def plan_of_batch(
    settings: Settings, request: RenderRequest, meanwhile: Callable[[], object] = lambda: None
) -> Planned:
    """Return the plan of a batch (`plan`), with the adapter if the batch records."""
    records = request.phase in ("all", "record")
    planned = plan(settings, request.selection, adapter=records, meanwhile=meanwhile)
    return planned if records else replace(planned, adapter=None)


def plan(
    settings: Settings,
    selection: Selection,
    *,
    adapter: bool = False,
    meanwhile: Callable[[], object] = lambda: None,
) -> Planned:
    """Load the tutorials, and return the jobs of `selection` in their order.

    With `adapter`, or for a shard, the adapter is loaded too: it says whether languages share
    takes. `meanwhile()` is called in this process while another one loads them: modules that are
    needed next can be imported there.

    Raises:
        ForgeError: a tutorial, a side file, the adapter, the selection or its shard is wrong.
    """
    if not (adapter or selection.shard):
        found = make_plan(settings, selection.paths, selection.only, meanwhile)
        return Planned(found.jobs, found.jobs, None, found.warnings, found.stale, None)
    from forge.commands.with_adapter import load

    loaded = load(settings, selection, meanwhile)
    found = loaded.plan
    if selection.shard is None:
        return Planned(found.jobs, found.jobs, None, found.warnings, found.stale, loaded.adapter)
    shard = parse_shard(selection.shard)
    shared = shares_takes(settings, localized=loaded.adapter.localized)
    jobs = split(found.jobs, shard, shared_takes=shared)
    notes = () if jobs else (f"shard {shard} has no jobs: there are not enough to go round",)
    notes = (*found.warnings, *notes)
    return Planned(jobs, found.jobs, shard, notes, found.stale, loaded.adapter)
