"""A whole job in this process; only browser and encoder are fakes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from forge.batch.attempts import Ended, result_of
from forge.commands.preflight import check_writable
from forge.errors import UsageError
from forge.model.news import Finished, Started
from forge.model.records import Job, JobResult, Line
from forge.model.settings import Settings, Style, Video, Voice
from forge.model.take import Take
from forge.model.timeline import Manifest
from forge.project.load_module import use_project
from forge.project.plan import make_plan
from forge.project.prints import with_prints
from forge.store.freshness import still_there
from forge.store.job_files import write_take
from forge.store.ledger import Ledger, read_past, to_carry
from forge.store.paths import FRAMES_FILE, POSTER_SUFFIX, Outputs
from forge.workers.composing import phase as composing
from forge.workers.job.pipeline import JobStage
from forge.workers.recording import phase as recording
from forge.workers.recording.browser import launch
from tests.support.jobs import MACHINE as ANY
from tests.support.phases import FakeAdapters, FakeWorker
from tests.support.takes import step, take

FILES = {
    "tutorials/tour.py": (
        "import helper\n"
        "from forge import Tutorial\n"
        "tour = Tutorial('A tour', id='tour')\n"
        "@tour.step\n"
        "def one(browser): 'It says one.'\n"
    ),
    "helper.py": "URL = 1\n",
    "shop.py": "from forge import Adapter\nclass Shop(Adapter): ...\n",
    "app.css": "body {}\n",
    "logo.png": "a logo\n",
}

MACHINE = ANY.on("elastic")


class OneJob:
    """A project of one job, and the parts of a batch that work on it.

    `while_recording` and `while_encoding` are called in the middle of those phases.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        for name, text in FILES.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        self.settings = Settings(
            project_dir=folder,
            adapter="shop.py:Shop",
            watch=("*.css",),
            voice=Voice(engine="silent"),
            style=Style(logo=Path("logo.png")),
            video=Video(width=320, height=240, clock="elastic"),
        )
        self.work_dir = self.settings.work_root / "tour"
        self.recorded = 0
        self.while_recording: Callable[[], object] = lambda: None
        self.while_encoding: Callable[[], object] = lambda: None
        use_project(folder)
        self.new_worker()
        monkeypatch.setattr(
            launch, "Launch", lambda *_: SimpleNamespace(is_well=True, close=lambda: None)
        )
        monkeypatch.setattr(recording, "Recording", self._recording)
        monkeypatch.setattr(composing, "encode", self._encode)
        monkeypatch.setattr(composing, "scene_of", _scene_of)
        monkeypatch.setattr(composing, "_pictures", lambda *_: {POSTER_SUFFIX: b"a poster"})
        monkeypatch.setattr(composing, "check", lambda *_, **__: SimpleNamespace(duration_s=3.0))

    def new_worker(self) -> None:
        """Start over with the empty state of a new worker process."""
        worker = FakeWorker(self.settings, MACHINE)
        self._stage = JobStage(worker.context, adapters=FakeAdapters().host)

    def planned(self, sentence: str = "It says one.") -> Job:
        """Return the job as a batch plans it now, with `sentence` as its only line."""
        [job] = make_plan(self.settings).jobs
        job = job.model_copy(update={"lines": (Line(step="one", text=sentence),)})
        return with_prints([job], self.settings, MACHINE, localized=False)[0]

    def batch(self, job: Job) -> JobResult:
        """Render `job` as a batch does, with its lines in the ledger."""
        for folder in (self.settings.work_root, self.settings.output_dir):
            check_writable(folder)
        ledger = Ledger(self.settings.work_root, self.folder)
        ledger.begin([job], "all", [])
        ledger.on(Started(job=job, slot=0))
        result = result_of([Ended(self._stage(job))])
        ledger.on(Finished(result=result))
        return result

    def made(self) -> dict[str, bytes]:
        """Return the files in the output folder by name, without part files."""
        folder = self.settings.output_dir
        return {path.name: path.read_bytes() for path in folder.glob("[!.]*")}

    def outputs(self) -> list[Path]:
        return Outputs.of(self.settings, "tour").all

    def resumed(self, job: Job) -> bool:
        """Return True if `--resume` keeps the job's video."""
        past = read_past(self.settings.work_root, self.folder)
        try:
            return bool(to_carry(past, [job], "all", still_there))
        except UsageError as problem:
            return "all 1 jobs" in problem.message

    def _recording(self, *_: object) -> Any:
        return SimpleNamespace(artifacts=[], memory_mb=None, personal=False, run=self._record)

    def _record(self, *_: object) -> Take:
        self.recorded += 1
        self.while_recording()
        (self.work_dir / FRAMES_FILE).write_bytes(b"frames")
        recorded = take([step("one", 0, (300, 900), 9000)], [0])
        write_take(recorded, self.work_dir)
        return recorded

    def _encode(self, encoder: Any, track: Any, path: Path, *rest: Any) -> int:
        path.write_bytes(b"a video of " + encoder.scene.board.manifest.steps[0].narration.encode())
        self.while_encoding()
        return 1


def _scene_of(manifest: Manifest, *rest: Any) -> Any:
    return SimpleNamespace(board=SimpleNamespace(manifest=manifest))
