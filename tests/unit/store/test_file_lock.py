"""Locks on files: one holder at a time, regular files only."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from forge.store import file_lock


def test_second_lock_waits_for_the_first(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first = file_lock.take(path, make=True)
    assert first is not None
    assert file_lock.take(path) is None
    os.close(first)
    second = file_lock.take(path)
    assert second is not None
    os.close(second)


def test_missing_file_is_made_only_on_request(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        file_lock.take(tmp_path / "lock")


def test_folder_fifo_and_link_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    for path in (tmp_path, tmp_path / "fifo", tmp_path / "link"):
        with pytest.raises(OSError):
            file_lock.take(path, make=True)
    assert not (tmp_path / "target").exists()


def test_file_removed_while_opening_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, opened = tmp_path / "lock", []
    really = os.open

    def opening(*args: object) -> int:
        handle = really(*args)  # type: ignore[arg-type]
        opened.append(handle)
        if len(opened) == 1:
            path.unlink()
        return handle

    monkeypatch.setattr(os, "open", opening)
    handle = file_lock.take(path, make=True)
    monkeypatch.undo()
    assert handle is not None
    assert len(opened) == 2
    assert os.path.samestat(os.fstat(handle), path.stat())
    os.close(handle)
