"""Speaking at home for hosts, in lanes that are fakes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from forge.cluster import voices as module
from forge.cluster.voices import HomeVoices
from forge.model.records import Attempt, Event, Failure, Job
from forge.model.settings import Settings, Voice
from forge.model.speech import Speech, SpokenLine
from forge.store.job_files import write_speech
from forge.workers.setup import LaneSetup
from tests.support.jobs import job

FAILED = Failure(kind="SpeechError", message="refused", transient=True)


class FakeLane:
    """A lane whose job ends when the test calls `finish`; it tells `begun` when it has one."""

    away = None

    def __init__(self, slot: int, setup: LaneSetup, begun: Callable[[FakeLane], object]) -> None:
        self.slot, self.setup, self._begun = slot, setup, begun
        self.events: Connection
        self.events, self._writer = Pipe(duplex=False)
        self.future: Future[Attempt] = Future()
        self.jobs: list[str] = []
        self.errors: list[Failure | None] = []
        self.kills = 0

    def submit(self, job: Job) -> Future[Attempt]:
        self.jobs.append(job.name)
        self.future = Future()
        self._begun(self)
        return self.future

    def tell(self, event: Event) -> None:
        self._writer.send_bytes(event.model_dump_json().encode())

    def finish(self, error: Failure | None = None) -> None:
        self.future.set_result(Attempt(job=self.jobs[-1], error=error))

    def receive(self) -> list[Event]:
        found = []
        try:
            while self.events.poll():
                found.append(Event.model_validate_json(self.events.recv_bytes()))
        except EOFError:
            self.events.close()
        return found

    def log_of(self, job: str) -> Path:
        return Path()

    def after_job(self, error: Failure | None) -> str | None:
        self.errors.append(error)
        return None

    def close(self) -> None: ...
    def end(self) -> None: ...

    def kill(self) -> None:
        self.kills += 1
        if not self.future.done():
            self._writer.close()
            self.future.set_exception(RuntimeError("the worker process died"))


class Studio:
    """Home voices with fake lanes; `when_begun` is called with the lane of each job."""

    def __init__(self, folder: Path, engine: str) -> None:
        self.lanes: list[FakeLane] = []
        self.when_begun: Callable[[FakeLane], object] = FakeLane.finish
        self.events: list[Event] = []
        self.settings = Settings(project_dir=folder, voice=Voice(engine=engine))
        setup = LaneSetup(
            run_dir=str(folder), slots_dir=str(folder), log_dir="", settings=self.settings
        )
        self.voices = HomeVoices(setup, self._make)

    def _make(self, slot: int, setup: LaneSetup) -> FakeLane:
        self.lanes.append(FakeLane(slot, setup, lambda lane: self.when_begun(lane)))
        return self.lanes[-1]

    def spoken(self, name: str = "tour") -> Attempt | None:
        return self.voices.spoken(job(name), self.events.append)


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path, "openai")


@pytest.mark.parametrize("engine", ["pyttsx3", "silent", "piper", "kokoro"])
def test_voices_that_need_no_key_speak_on_the_host(tmp_path: Path, engine: str) -> None:
    studio = Studio(tmp_path, engine)
    assert studio.spoken() is None
    assert list(studio.voices.sounds(job())) == []
    assert studio.lanes == []


def test_other_voices_speak_at_home_first(studio: Studio) -> None:
    with studio.voices:
        assert studio.spoken("a") is None and studio.spoken("b") is None
    assert [name for lane in studio.lanes for name in lane.jobs] == ["a", "b"]
    assert {lane.setup.phase for lane in studio.lanes} == {"speak"}
    assert [lane.kills for lane in studio.lanes] == [1] * len(studio.lanes)


def test_failure_to_speak_is_the_attempt(studio: Studio) -> None:
    studio.when_begun = lambda lane: lane.finish(FAILED)
    assert studio.spoken() == Attempt(job="tour", error=FAILED)
    assert studio.lanes[0].errors == [FAILED]


def test_progress_is_passed_on_until_the_end(studio: Studio) -> None:
    def play(lane: FakeLane) -> None:
        lane.tell(Event(kind="ready", slot=0, pid=1))
        lane.tell(Event(kind="phase", slot=0, job="tour", phase="speak"))
        lane.tell(Event(kind="step", slot=0, job="tour", step=1, steps=1))
        lane.finish()

    studio.when_begun = play
    assert studio.spoken() is None
    assert [event.kind for event in studio.events] == ["phase", "step"]


def test_speaking_that_is_ended_may_be_tried_again(studio: Studio) -> None:
    studio.when_begun = lambda lane: studio.voices.end(job("tour"))
    failed = studio.spoken()
    assert failed is not None and failed.error is not None
    assert failed.error.transient and "the worker process died" in failed.error.message
    studio.voices.end(job("another"))
    assert studio.lanes[0].kills == 1


def test_few_jobs_are_spoken_at_once(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    under_way: list[FakeLane] = []
    enough = threading.Semaphore(0)

    def begun(lane: FakeLane) -> None:
        under_way.append(lane)
        assert len({lane.slot for lane in under_way if not lane.future.done()}) <= module.LANES
        enough.release()

    studio.when_begun = begun
    with ThreadPoolExecutor(module.LANES + 2) as threads:
        spoken = [threads.submit(studio.spoken, f"t{n}") for n in range(module.LANES + 2)]
        for number in range(module.LANES):
            assert enough.acquire(timeout=10), number
        assert len(under_way) == module.LANES
        for _ in spoken:
            next(lane for lane in under_way if not lane.future.done()).finish()
            enough.acquire(timeout=0.2)
        assert [one.result(timeout=10) for one in spoken] == [None] * len(spoken)
    assert len(studio.lanes) == module.LANES


def test_sounds_are_those_of_the_speech(studio: Studio) -> None:
    work = studio.settings.work_root / "tour"
    work.mkdir(parents=True)
    files = ["/c/a.wav", None, "/c/b.wav", "/c/a.wav"]
    lines = [
        SpokenLine(step=f"s{number}", text="", audio_file=file, audio_ms=0)
        for number, file in enumerate(files)
    ]
    write_speech(Speech(lines=tuple(lines)), work)
    assert list(studio.voices.sounds(job())) == [Path("/c/a.wav"), Path("/c/b.wav")]
