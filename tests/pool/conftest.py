"""A pool for each test, and the check that it leaves nothing behind."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from forge.workers.recording import phase
from forge.workers.recording.browser import launch
from forge.workers.recording.virtual.tutorial_time import patched_time
from tests.support.pool import clock_stage
from tests.support.pool.harness import Pool
from tests.support.pool.shop import SETTINGS, SHOP, HereLane, Shop
from tests.support.processes import MARK
from tests.support.project import Project


@pytest.fixture
def pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    """Give a `Pool`; fail if it leaves a process or a temporary file."""
    mark = uuid.uuid4().hex
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv(MARK, mark)
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    pool = Pool(tmp_path, temporary, mark)
    yield pool
    pool.close()
    assert pool.left() == []
    assert list(temporary.iterdir()) == []


@pytest.fixture
def shop(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Shop:
    project.write("forge.toml", SETTINGS)
    project.write("shop.py", SHOP)
    for name in ("headless-shell", "driver"):
        project.write(f"bin/{name}", "#!/bin/sh\nexit 9\n").chmod(0o755)
    monkeypatch.chdir(project.folder)  # paths of programs in the settings are relative to it
    monkeypatch.setattr(
        launch, "Launch", clock_stage.FakeLaunch
    )  # the stage does the same; monkeypatch undoes it
    monkeypatch.setattr(phase, "Recording", clock_stage.FakeRecording)
    monkeypatch.setattr(patched_time, "install", lambda: None)
    shop = Shop(project, capsys, HereLane)
    shop.fails()
    return shop
