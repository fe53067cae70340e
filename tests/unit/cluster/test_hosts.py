"""The takes of earlier batches on hosts: which of them jobs may use."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from forge.batch.lanes import KeptOn, Work
from forge.cluster.hosts import takes_there
from forge.model.hosts import RemoteTake
from forge.model.settings import Settings
from tests.support.jobs import MACHINE, job

PRINTS = {"steps": "1", "clock": "virtual"}


def take(name: str, *, exact: bool = True, **prints: str) -> RemoteTake:
    return RemoteTake(job=name, prints=PRINTS | prints, exact=exact)


def test_only_takes_of_the_same_steps_count(tmp_path: Path) -> None:
    jobs = [
        job("a", "es", take_prints=PRINTS, takes_from=("a.en",)),
        job("b", take_prints=PRINTS),
        job("c", take_prints=PRINTS),
    ]
    settings = Settings(project_dir=tmp_path)
    work = Work(settings, MACHINE, jobs, "all", "f.py:stage", tmp_path)
    greeting: Any = SimpleNamespace(
        takes={
            "ana": (take("a.en", exact=False), take("b", steps="2"), take("gone")),
            "ben": (take("b", lang=""),),
        }
    )
    found = takes_there(work, greeting)
    assert found == {"a.en": KeptOn("ana", exact=False), "b": KeptOn("ben")}
