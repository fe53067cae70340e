"""The variables of an app: its folders, its date, its seed."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from forge.adapters import app_environment
from forge.adapters.app_environment import environment, fixed
from forge.adapters.contract import Slot

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def slot(tmp_path: Path) -> Slot:
    return Slot(0, tmp_path)


def test_all_folders_are_in_the_slot(slot: Slot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/home/ada/.config")
    found = environment(slot, {})
    names = ["HOME", "TMPDIR", *(name for name in found if name.startswith("XDG_"))]
    assert len(names) >= 7
    assert all(Path(found[name]).is_relative_to(slot.dir) for name in names)
    assert all(Path(found[name]).is_dir() for name in names)
    assert found["PYTHONUSERBASE"] == "/home/ada/.local"


def test_own_variables_win(slot: Slot) -> None:
    found = environment(slot, {"HOME": "/other", "PATH": "/bin", "A": "1"})
    assert (found["HOME"], found["PATH"], found["A"]) == ("/other", "/bin", "1")
    assert not (slot.dir / "home").exists()


def test_programs_beside_forges_python_are_found_last(
    slot: Slot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin")
    assert environment(slot, {})["PATH"] == f"/usr/bin:{Path(sys.executable).parent}"


def test_a_seed_is_a_variable() -> None:
    assert fixed(None, 7, NOON) == {"FORGE_SEED": "7", "PYTHONHASHSEED": "7"}
    assert fixed(None, None, NOON) == {}


def test_a_date_is_an_offset_to_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_environment, "find_faketime", lambda: Path("/lib/faketime.so"))
    found = fixed(datetime(2025, 12, 31, 12, tzinfo=UTC), None, NOON)
    assert (found["LD_PRELOAD"], found["FAKETIME"]) == ("/lib/faketime.so", "-86400.000")
