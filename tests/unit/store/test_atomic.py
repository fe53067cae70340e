"""Atomic files: whole or absent, and swept when their writer is dead."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from forge.store.atomic import left_parts, remove, rewrite, sweep_parts, whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with whole(path) as part:
        part.write_text("new")
        assert names(tmp_path) == [part.name]
    assert names(tmp_path) == ["a.mp4"]


def test_failed_write_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_text("old")
    with pytest.raises(ValueError, match="wrong"), whole(path) as part:
        part.write_text("half")
        raise ValueError("wrong")
    assert names(tmp_path) == ["a.mp4"]
    assert path.read_text() == "old"


def test_only_parts_of_the_dead_are_swept(tmp_path: Path) -> None:
    left, wave = tmp_path / ".a.mp4.1.part", tmp_path / ".key.raw.1.part.wav"
    others = [tmp_path / name for name in ("a.mp4", ".a.part", "a.1.part", ".x.part.wav")]
    for path in (left, wave, *others):
        path.touch()
    os.mkfifo(tmp_path / ".pipe.1.part")
    others.append(tmp_path / ".pipe.1.part")
    assert sorted(left_parts([tmp_path, tmp_path / "nowhere"])) == sorted([left, wave])
    sweep_parts([tmp_path])
    assert names(tmp_path) == sorted(path.name for path in others)


def test_locked_part_is_kept_across_pid_namespaces(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with whole(path) as part:
        part.write_text("half")
        # In another PID namespace, the pid of the writer may name no process here.
        other = part.rename(tmp_path / ".a.mp4.999999999.part")
        assert sweep_parts([tmp_path]) == []
        assert sweep_parts([tmp_path], ended=999_999_999) == []
        other.rename(part).write_text("whole")
    assert (names(tmp_path), path.read_text()) == (["a.mp4"], "whole")


def test_only_parts_of_the_ended_writer_are_swept(tmp_path: Path) -> None:
    one, other = tmp_path / ".a.mp4.1.part", tmp_path / ".b.mp4.2.part"
    for path in (one, other):
        path.touch()
    assert sweep_parts([tmp_path], ended=1) == [one]
    assert names(tmp_path) == [other.name]


def test_file_mode_follows_the_umask(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    with whole(tmp_path / "a.mp4") as part:
        part.write_text("new")
    assert (tmp_path / "a.mp4").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_writing_works_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without(*_: object) -> None:
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr("fcntl.flock", without)
    with whole(tmp_path / "a.mp4") as part:
        part.write_text("new")
        assert left_parts([tmp_path]) == []
    assert names(tmp_path) == ["a.mp4"]


def test_remove_takes_anything_but_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "folder" / "deep").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "kept")
    os.mkfifo(tmp_path / "fifo")
    for name in ("folder", "link", "fifo", "missing"):
        remove(tmp_path / name)
    assert list(tmp_path.iterdir()) == [tmp_path / "kept"]


def test_rewritten_file_keeps_its_link_and_its_mode(tmp_path: Path) -> None:
    path, link = tmp_path / "a.json", tmp_path / "b.json"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    rewrite(link, "\u00e9")
    assert names(tmp_path) == ["a.json", "b.json"]
    assert (link.is_symlink(), path.read_bytes()) == (True, b"\xc3\xa9")
    assert path.stat().st_mode & 0o777 == 0o640
    rewrite(tmp_path / "new.json", "new")
    assert (tmp_path / "new.json").read_text() == "new"


def test_rewrite_that_fails_leaves_the_old_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    path.write_text("old")

    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, "no room", str(path))

    monkeypatch.setattr("forge.store.atomic.on_disk", full)
    with pytest.raises(OSError, match="no room"):
        rewrite(path, "new")
    assert (names(tmp_path), path.read_text()) == (["a.json"], "old")


def test_rewrite_replaces_no_device(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="no regular file"):
        rewrite(tmp_path / "pipe", "new")
