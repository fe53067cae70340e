"""`forge doctor` without a project."""

from __future__ import annotations

from pathlib import Path

import pytest

from forge.commands import doctor
from forge.workers import studio

NONE = "none here; `forge init DIR` makes one"


@pytest.mark.parametrize(
    ("named", "setup", "ok"),
    [(".", False, True), (".", True, False), ("sub", False, False), ("nowhere", False, False)],
)
def test_missing_project_is_a_fault_only_if_named(
    named: str, setup: bool, ok: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_voice", lambda _: "there")
    for look in ("browser_versions", "try_clock"):
        monkeypatch.setattr(studio, look, lambda _: "there")
    monkeypatch.chdir(tmp_path)
    Path("sub").mkdir()
    *machine, last = doctor.examine(Path(named), setup=setup)
    assert "encoder" in {finding.what for finding in machine}, "the machine is checked anyway"
    assert (last.what, last.ok, last.found == NONE) == ("project", ok, ok)
