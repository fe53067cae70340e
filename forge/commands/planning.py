"""Turn a selection into jobs, and load the adapter beside the tutorials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel

from forge.commands.request import RenderRequest, Selection
from forge.model.records import Job
from forge.model.settings import Settings
from forge.project.child_process import apart
from forge.project.late_selenium import import_late
from forge.project.plan import Plan, make_plan, read_plan, shares_takes
from forge.project.shards import Shard, parse_shard, split
from forge.project.translated import Text
from forge.workers.checks import AdapterFacts, adapter_facts


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


class _Loaded(BaseModel, defer_build=True):
    adapter: AdapterFacts
    plan: Plan


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
    loaded = _load(settings, selection, meanwhile)
    found = loaded.plan
    if selection.shard is None:
        return Planned(found.jobs, found.jobs, None, found.warnings, found.stale, loaded.adapter)
    shard = parse_shard(selection.shard)
    shared = shares_takes(settings, localized=loaded.adapter.localized)
    jobs = split(found.jobs, shard, shared_takes=shared)
    notes = () if jobs else (f"shard {shard} has no jobs: there are not enough to go round",)
    notes = (*found.warnings, *notes)
    return Planned(jobs, found.jobs, shard, notes, found.stale, loaded.adapter)


def _load(settings: Settings, selection: Selection, meanwhile: Callable[[], object]) -> _Loaded:
    """Load adapter and tutorials in one child process: most import Selenium, and once is enough."""

    def load() -> _Loaded:
        import_late()
        # The adapter first: the file of a tutorial that fails is known, that of a package is not.
        adapter = adapter_facts(settings)
        return _Loaded(adapter=adapter, plan=read_plan(settings, selection.paths, selection.only))

    what = f"adapter {settings.adapter!r}" if settings.adapter else "the tutorials"
    silence_s = settings.limits.silence_s
    return apart(_Loaded, load, what, silence_s=silence_s, meanwhile=meanwhile)
