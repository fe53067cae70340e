"""The demo app's adapter: one server process per slot, which ends with it."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from forge.adapters.contract import Slot
from forge.adapters.demo import app
from forge.adapters.demo.app import DemoApp
from forge.errors import AdapterError

pytestmark = pytest.mark.slow(reason="starts the server process")


@pytest.fixture
def demo() -> Iterator[DemoApp]:
    demo = DemoApp()
    yield demo
    demo.stop()


def children() -> list[psutil.Process]:
    found = []
    for child in psutil.Process().children():
        with suppress(psutil.ZombieProcess):  # another test's, which has ended
            if any("server.py" in word for word in child.cmdline()):
                found.append(child)
    return found


def test_server_answers_until_it_is_stopped(demo: DemoApp, tmp_path: Path) -> None:
    demo.start(Slot(0, tmp_path))
    (process,) = children()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{demo._base_url}/api/events", timeout=5) as answer:
        assert answer.status == 200
    demo.stop()
    demo.stop()
    assert not process.is_running()


def test_lost_server_is_an_adapter_error(demo: DemoApp, tmp_path: Path) -> None:
    demo.start(Slot(0, tmp_path))
    for process in children():
        process.kill()
        process.wait(5)
    with pytest.raises(AdapterError, match="the demo app does not answer"):
        demo._reset()


def test_failed_start_reports_the_servers_output(
    demo: DemoApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "server.py"
    broken.write_text("raise SystemExit('no room')\n")
    monkeypatch.setattr(app, "SERVER", broken)
    with pytest.raises(AdapterError, match="the demo app did not start") as caught:
        demo.start(Slot(0, tmp_path))
    assert caught.value.hint == "no room"
