"""Load the adapter of a project beside its tutorials."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel

from forge.commands.request import Selection
from forge.model.settings import Settings
from forge.model.validators import make_validators
from forge.project.child_process import apart
from forge.project.late_selenium import import_late
from forge.project.plan import Plan, read_plan
from forge.workers.checks import AdapterFacts, adapter_facts


class Loaded(BaseModel, defer_build=True):
    """What the adapter declares, and the plan."""

    adapter: AdapterFacts
    plan: Plan


make_validators(AdapterFacts, Loaded)


def load(settings: Settings, selection: Selection, meanwhile: Callable[[], object]) -> Loaded:
    """Load adapter and tutorials in one child process: most import Selenium, and once is enough.

    Raises:
        ForgeError: one of them is wrong.
    """

    def both() -> Loaded:
        import_late()
        # The adapter first: the file of a tutorial that fails is known, that of a package is not.
        adapter = adapter_facts(settings)
        return Loaded(adapter=adapter, plan=read_plan(settings, selection.paths, selection.only))

    what = f"adapter {settings.adapter!r}" if settings.adapter else "the tutorials"
    silence_s = settings.limits.silence_s
    return apart(Loaded, both, what, silence_s=silence_s, meanwhile=meanwhile)
