"""The adapter of a worker: started once, stopped with the worker or after a failure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from forge.adapters.contract import Slot
from forge.errors import RecordingError
from forge.model.settings import Settings
from forge.workers import log_redirect
from forge.workers.job.adapter_host import AdapterHost
from tests.support.phases import FakeWorker

SHOP = """
from pathlib import Path

from forge import Adapter

LOG = Path(__file__).with_name("log")

class Shop(Adapter):
    def start(self, slot):
        self.note("start")
        if LOG.with_name("closed").exists():
            raise RuntimeError("closed on Sundays")

    def stop(self):
        self.note("stop")
        if LOG.with_name("locked").exists():
            raise RuntimeError("cannot lock up")

    def note(self, what):
        with LOG.open("a") as file:
            file.write(f"{what} ")
"""


@pytest.fixture
def worker(tmp_path: Path) -> FakeWorker:
    (tmp_path / "shop.py").write_text(SHOP)
    return FakeWorker(Settings(project_dir=tmp_path, adapter="shop.py:Shop"))


def log(worker: FakeWorker) -> list[str]:
    return (worker.settings.project_dir / "log").read_text().split()


def test_the_adapter_starts_once_and_stops_with_the_worker(worker: FakeWorker) -> None:
    host = AdapterHost(worker.context, Slot(0, worker.slot_dir))
    assert host.get() is host.get()
    assert log(worker) == ["start"]
    (close,) = worker.closers
    close()
    assert log(worker) == ["start", "stop"]


def test_output_of_the_adapter_goes_to_the_lane_log(
    worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs: list[Path] = []

    @contextmanager
    def into(path: Path) -> Iterator[None]:
        logs.append(path)
        yield

    monkeypatch.setattr(log_redirect, "into", into)
    host = AdapterHost(worker.context, Slot(0, worker.slot_dir))
    host.get()
    host.drop()
    assert logs == [worker.lane_log] * 2


def test_a_dropped_adapter_is_stopped_and_started_anew(worker: FakeWorker) -> None:
    host = AdapterHost(worker.context, Slot(0, worker.slot_dir))
    first = host.get()
    host.drop()
    host.drop()
    assert (log(worker), worker.closers) == (["start", "stop"], [])
    assert host.get() is not first
    assert len(worker.closers) == 1


def test_an_adapter_that_fails_to_stop_is_dropped(worker: FakeWorker) -> None:
    host = AdapterHost(worker.context, Slot(0, worker.slot_dir))
    host.get()
    (worker.settings.project_dir / "locked").touch()
    host.drop()
    assert worker.closers == []


def test_an_adapter_that_fails_to_start_is_tried_again(worker: FakeWorker) -> None:
    closed = worker.settings.project_dir / "closed"
    closed.touch()
    host = AdapterHost(worker.context, Slot(0, worker.slot_dir))
    with pytest.raises(RecordingError, match="closed on Sundays"):
        host.get()
    assert (worker.closers, log(worker)) == ([], ["start", "stop"])
    closed.unlink()
    assert host.get()
