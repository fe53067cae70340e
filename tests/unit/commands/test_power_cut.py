"""After a power cut at any point of a job's end the next render works, and damage is seen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from forge.store.freshness import assess
from tests.support.one_job import MACHINE, OneJob
from tests.support.unplugged import Disk

OLD, NEW = "What it said before.", "What it says now, which is longer."


@pytest.fixture
def memory_path(tmp_path: Path) -> Iterator[Path]:
    """An empty folder, in memory if possible: it is restored 400 times."""
    if not os.access("/dev/shm", os.W_OK):
        yield tmp_path
        return
    with TemporaryDirectory(dir="/dev/shm") as name:
        yield Path(name)


@pytest.mark.parametrize("before", [None, OLD])
def test_power_cut_leaves_a_usable_state(
    memory_path: Path, monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # the disk is simulated
    one = OneJob(memory_path / "project", monkeypatch)
    if before:
        assert one.batch(one.planned(before)).error is None
    old, job = one.made(), one.planned(NEW)
    with Disk(one.folder).watched() as disk:
        assert one.batch(job).error is None
    new = one.made()
    assert len(new) == len(one.outputs())
    assert len(disk.states) > 100
    for number, state in enumerate(disk.states):
        disk.restore(state)
        stands = assess(one.settings, MACHINE, job).needs == "fresh"
        resumed = one.resumed(job)
        if stands:
            assert one.made() == new, number
        if resumed:
            assert one.made() in (new, old), number
        if state in disk.last:
            assert stands and resumed, number
        if not stands:
            one.new_worker()
            assert one.batch(job).error is None, number
            assert assess(one.settings, MACHINE, job).needs == "fresh", number
            assert one.made() == new, number
