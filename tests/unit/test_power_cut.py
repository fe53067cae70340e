"""The power is cut at any point of a job's end: what is left is understood, and what is told is so.

A whole job runs, in this process, on a take that is there; only the encoder is a fake.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from forge.errors import UsageError
from forge.fingerprint import TAKE_PRINT, write_printed
from forge.layout import POSTER_SUFFIX, Manifest, outputs
from forge.ledger import Ledger, read_past, to_carry
from forge.modules import use_project
from forge.notes import notes_of
from forge.plan import make_plan, with_prints
from forge.records import Job, JobResult, Line
from forge.settings import Settings, Video, Voice
from forge.standing import still_there, up_to_date
from forge.take import FRAMES_FILE, TAKE_FILE, write_take
from forge.workers import pipeline
from forge.workers.composing import phase
from tests.unit.takes import step, take
from tests.unit.unplugged import Disk

TOUR = '''
from forge import Tutorial
tour = Tutorial("A tour", id="tour")

@tour.step
def one(browser):
    """SENTENCE"""
'''
OLD, NEW = "What it said before.", "What it says now, which is longer."


class Machine:
    """A project, and what forge does with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings(
            project_dir=folder,
            voice=Voice(engine="silent"),
            video=Video(width=320, height=240, clock="elastic"),
        )
        self.work_dir = self.settings.work_root / "tour"
        (folder / "tutorials").mkdir(parents=True)
        (folder / "tutorials" / "tour.py").write_text(TOUR)

    def say(self, sentence: str) -> Job:
        """The one job, when the tutorial says `sentence`."""
        job = make_plan(self.settings).jobs[0]
        lines = (Line(step="one", text=sentence),)
        job = job.model_copy(update={"lines": lines})
        return with_prints([job], self.settings, localized=False)[0]

    def record(self, job: Job) -> None:
        """Make a take as if it had been recorded."""
        self.work_dir.mkdir(parents=True)
        (self.work_dir / FRAMES_FILE).write_bytes(b"x")
        write_take(take([step("one", 0, (300, 900), 9000)], [0]), self.work_dir)
        files = notes_of(self.work_dir / name for name in (TAKE_FILE, FRAMES_FILE))
        write_printed(self.work_dir / TAKE_PRINT, job.take_prints, files)

    def batch(self, job: Job) -> JobResult:
        """Render `job` as a batch does, from the ledger's first line of it to its last."""
        ledger = Ledger(self.settings.work_root, self.folder)
        ledger.begin([job], "all", [])
        ledger.on_start(job, 0)
        bench = SimpleNamespace(
            settings=self.settings, phase="all", slot=0, state={}, tell=lambda event: None
        )
        result = pipeline.render(job, cast(Any, bench))
        ledger.on_result(result)
        return result

    def made(self) -> dict[str, bytes]:
        paths = outputs(self.settings.output_dir, "tour", sheet=False)
        return {path.name: path.read_bytes() for path in paths if path.exists()}

    def resumed(self, job: Job) -> bool:
        """Whether `--resume` keeps the job's video."""
        past = read_past(self.settings.work_root, self.folder)
        try:
            return bool(to_carry(past, [job], "all", still_there))
        except UsageError as problem:
            return "all 1 jobs" in problem.message


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """Its encoder writes what is said; captions and chapters are real."""

    def encode(scene: Any, track: Any, video: Any, path: Path, *rest: Any) -> int:
        path.write_bytes(b"a video of " + scene.board.manifest.steps[0].narration.encode())
        return 1

    def scene_of(manifest: Manifest, *rest: Any) -> Any:
        return SimpleNamespace(board=SimpleNamespace(manifest=manifest))

    monkeypatch.setattr(os, "fsync", lambda handle: None)  # the disk is made up
    monkeypatch.setattr(phase, "encode", encode)
    monkeypatch.setattr(phase, "scene_of", scene_of)
    monkeypatch.setattr(phase, "_pictures", lambda *_: {POSTER_SUFFIX: b"a poster"})
    monkeypatch.setattr(phase, "check", lambda *_, **__: SimpleNamespace(duration_s=3.0))
    use_project(tmp_path / "project")
    yield Machine(tmp_path / "project")


@pytest.mark.parametrize("before", [None, OLD])
def test_what_a_power_cut_leaves_is_understood(machine: Machine, before: str | None) -> None:
    old: dict[str, bytes] = {}
    machine.record(machine.say(NEW))
    if before:
        assert machine.batch(machine.say(before)).error is None
        old = machine.made()
    job = machine.say(NEW)
    with Disk(machine.folder).watched() as disk:
        assert machine.batch(job).error is None
    new = machine.made()
    assert len(new) == 6
    assert len(disk.states) > 100
    for number, state in enumerate(disk.states):
        disk.restore(state)
        stands, resumed = up_to_date(machine.settings, job), machine.resumed(job)
        if stands:
            assert machine.made() == new, number
        if resumed:
            assert machine.made() in (new, old), number
        if state in disk.last:
            assert stands and resumed, number
        if not stands:
            assert machine.batch(job).error is None, number
            assert machine.made() == new, number
            assert up_to_date(machine.settings, job), number
