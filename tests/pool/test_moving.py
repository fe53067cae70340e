"""A project's folder is moved with all that was rendered in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from forge import cli
from forge.store.job_files import read_speech
from forge.store.paths import VIDEO_PRINT
from tests.support.pool.shop import Shop


@pytest.fixture
def moved(shop: Shop, tmp_path: Path) -> Shop:
    """Render one job, fail another, move the folder, and return it in its new place."""
    tools = tmp_path / "tools"
    (shop.folder / "bin").rename(tools)
    toml = shop.folder / "forge.toml"
    toml.write_text(toml.read_text().replace('"bin/', f'"{tools}/'))
    shop.render()
    shop.project.write_tour("other", "other")
    shop.fails(virtual="machine")
    shop.render("--keep-going", "--retries", "0")
    shop.fails()
    shop.project.folder = shop.folder.rename(tmp_path / "elsewhere")
    return shop


def test_moved_project_is_up_to_date(moved: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["list", "--stale", "--project", str(moved.folder)]
    assert cli.console([*words, "--only", "tour"]) == 0
    assert "every job is up to date" in capsys.readouterr().out


def test_moved_project_is_resumed(moved: Shop) -> None:
    (moved.folder / ".forge" / "tour" / VIDEO_PRINT).unlink()  # only the ledger knows it as done
    entries = moved.render("--resume")
    assert [entry["status"] for entry in entries] == ["done", "up-to-date"]
    assert moved.did("record") == ["record other virtual"]


def test_moved_recording_is_composed_again(moved: Shop) -> None:
    entry = moved.one("--only", "tour", "--phase", "compose")
    assert (entry["status"], moved.did("record")) == ("done", [])
    for line in read_speech(moved.folder / ".forge" / "tour").lines:
        assert Path(line.audio_file or "").is_relative_to(moved.folder)


def test_kept_records_do_not_name_the_projects_folder(moved: Shop) -> None:
    kept = [*(moved.folder / ".forge").rglob("*.json*"), moved.folder / "dist" / "batch.json"]
    assert len(kept) > 6
    assert [path.name for path in kept if str(moved.folder.parent) in path.read_text()] == []
    entry, _ = json.loads((moved.folder / "dist" / "batch.json").read_text())
    assert entry["error"]["artifacts"] == [".forge/other/failure.png"]
    assert entry["log"].startswith(".forge/logs/")
