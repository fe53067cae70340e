"""Atomic files: whole or absent, and swept when their writer is dead."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from forge.store.atomic import left_parts, remove, sweep_parts, whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with whole(path) as part:
        part.write_text("new")
        assert names(tmp_path) == [part.name]
    assert names(tmp_path) == ["a.mp4"]


def test_what_goes_wrong_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_text("old")
    with pytest.raises(ValueError, match="wrong"), whole(path) as part:
        part.write_text("half")
        raise ValueError("wrong")
    assert names(tmp_path) == ["a.mp4"]
    assert path.read_text() == "old"


def test_what_the_dead_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    left, wave = tmp_path / ".a.mp4.1.part", tmp_path / ".key.raw.1.part.wav"
    others = [tmp_path / name for name in ("a.mp4", ".a.part", "a.1.part", ".x.part.wav")]
    for path in (left, wave, *others):
        path.touch()
    os.mkfifo(tmp_path / ".pipe.1.part")
    others.append(tmp_path / ".pipe.1.part")
    assert sorted(left_parts([tmp_path, tmp_path / "nowhere"])) == sorted([left, wave])
    sweep_parts([tmp_path])
    assert names(tmp_path) == sorted(path.name for path in others)


def test_what_is_under_way_is_left_alone_in_every_pid_namespace(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with whole(path) as part:
        part.write_text("half")
        other = part.rename(tmp_path / ".a.mp4.999999999.part")  # as its number may look elsewhere
        assert sweep_parts([tmp_path]) == []
        assert sweep_parts([tmp_path], ended=999_999_999) == []
        other.rename(part).write_text("whole")
    assert (names(tmp_path), path.read_text()) == (["a.mp4"], "whole")


def test_of_several_writers_only_what_the_one_that_ended_left_is_swept(tmp_path: Path) -> None:
    one, other = tmp_path / ".a.mp4.1.part", tmp_path / ".b.mp4.2.part"
    for path in (one, other):
        path.touch()
    assert sweep_parts([tmp_path], ended=1) == [one]
    assert names(tmp_path) == [other.name]


def test_a_file_has_the_mode_that_the_user_wants_for_files(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    with whole(tmp_path / "a.mp4") as part:
        part.write_text("new")
    assert (tmp_path / "a.mp4").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_file_system_without_locks_is_written_to_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without(*_: object) -> None:
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr("fcntl.flock", without)
    with whole(tmp_path / "a.mp4") as part:
        part.write_text("new")
        assert left_parts([tmp_path]) == []
    assert names(tmp_path) == ["a.mp4"]


def test_whatever_is_there_is_removed_but_not_what_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "folder" / "deep").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "kept")
    os.mkfifo(tmp_path / "fifo")
    for name in ("folder", "link", "fifo", "missing"):
        remove(tmp_path / name)
    assert list(tmp_path.iterdir()) == [tmp_path / "kept"]
