"""Files and folders that only their owner can read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from forge.report.batch_log import new_log_dir, open_log
from forge.store import private


@pytest.fixture(autouse=True)
def _open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_new_evidence_is_private(tmp_path: Path) -> None:
    path = tmp_path / "console.log"
    path.touch()
    private.write(path, b"said")
    assert (mode(path), path.read_bytes()) == (0o600, b"said")


def test_link_in_place_of_evidence_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    private.write(tmp_path / "link", b"said")
    assert (tmp_path / "mine").read_text() == "mine"


def test_logs_are_private(tmp_path: Path) -> None:
    folder = new_log_dir(tmp_path / ".forge" / "logs")
    with open_log(folder) as log:
        assert mode(Path(log.name)) == 0o600
    assert (mode(folder), mode(folder.parent)) == (0o700, 0o700)


def test_existing_folder_keeps_its_mode(tmp_path: Path) -> None:
    private.make_folder(tmp_path / "new")
    assert mode(tmp_path / "new") == 0o700
    (tmp_path / "new").chmod(0o750)
    private.make_folder(tmp_path / "new")
    assert mode(tmp_path / "new") == 0o750
