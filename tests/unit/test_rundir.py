"""The folder of a running batch: it goes with the batch, and dead ones are swept."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from forge.rundir import OWNER_FILE, leftovers, run_dir, sweep

pytestmark = pytest.mark.usefixtures("nothing_left_behind")


@pytest.fixture
def temp(nothing_left_behind: Path) -> Path:
    return nothing_left_behind


@pytest.fixture
def marked(temp: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that carries the folder of a dead run as its TMPDIR."""
    folder = temp / "forge-run-dead" / "slot-0"
    folder.mkdir(parents=True)
    process = subprocess.Popen(
        [sys.executable, "-c", "import time; print(flush=True); time.sleep(600)"],
        env={"TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout
    process.stdout.readline()
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def own(folder: Path, pid: int, started: float) -> None:
    folder.mkdir(exist_ok=True)
    (folder / OWNER_FILE).write_text(json.dumps({"pid": pid, "started": started}))


def test_a_run_has_a_folder_that_goes_with_it(temp: Path) -> None:
    with run_dir() as folder:
        assert folder.parent == temp
        (folder / "slot-0").mkdir()
        assert leftovers() == []
    assert not folder.exists()


def test_the_folder_goes_when_the_run_fails(temp: Path) -> None:
    with pytest.raises(ZeroDivisionError), run_dir() as folder:
        raise ZeroDivisionError
    assert not folder.exists()


def test_the_folder_of_a_dead_owner_is_left_over(temp: Path) -> None:
    with run_dir() as living:
        written = (living / OWNER_FILE).read_text()
    with subprocess.Popen(["true"]) as process:
        process.wait()
    own(temp / "forge-run-a", process.pid, 1.0)
    own(temp / "forge-run-b", os.getpid(), 1.0)  # our pid, but another process had it then
    (temp / "forge-run-c").mkdir()
    (temp / "forge-run-c" / OWNER_FILE).write_text(written)
    assert {path.name for path in leftovers()} == {"forge-run-a", "forge-run-b"}
    assert {path.name for path in sweep()} == {"forge-run-a", "forge-run-b"}
    assert [path.name for path in temp.iterdir()] == ["forge-run-c"]
    (temp / "forge-run-c" / OWNER_FILE).unlink()
    (temp / "forge-run-c").rmdir()


def test_a_folder_without_an_owner_is_given_a_minute(temp: Path) -> None:
    folder = temp / "forge-run-new"
    folder.mkdir()
    assert leftovers() == []
    os.utime(folder, (1, 1))
    assert sweep() == [folder]


@pytest.mark.parametrize("owner", [None, "[]", "half", '{"pid": "me", "started": 1}'])
def test_a_folder_that_only_looks_like_a_runs_is_left_alone(temp: Path, owner: str | None) -> None:
    folder = temp / "forge-run-mine"
    (folder / "thesis").mkdir(parents=True)
    if owner is not None:
        (folder / OWNER_FILE).write_text(owner)
    os.utime(folder, (1, 1))
    assert (leftovers(), sweep()) == ([], [])
    shutil.rmtree(folder)


def test_a_link_to_a_dead_runs_folder_is_left_alone(temp: Path) -> None:
    own(temp / "elsewhere", 999_999_999, 1.0)
    (temp / "forge-run-link").symlink_to(temp / "elsewhere")
    assert (leftovers(), sweep()) == ([], [])
    (temp / "forge-run-link").unlink()


def test_a_living_owner_of_another_container_holds_the_lock(temp: Path) -> None:
    with run_dir() as folder:
        own(folder, 999_999_999, 1.0)  # as its pid looks from here
        assert (leftovers(), sweep()) == ([], [])


def test_a_sweep_ends_what_a_dead_run_left_running(
    temp: Path, marked: subprocess.Popen[bytes]
) -> None:
    own(temp / "forge-run-dead", marked.pid, 1.0)
    assert sweep() == [temp / "forge-run-dead"]
    assert marked.wait(timeout=5) == -9
    assert list(temp.iterdir()) == []


def test_a_folder_that_goes_while_it_is_looked_at_is_none_of_ours(
    temp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = temp / "forge-run-gone"
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter([gone]))
    assert leftovers() == []
    monkeypatch.undo()
