"""Files under way: whole or not at all, and swept when whoever wrote them is dead."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from forge.parts import left_parts, part_of, sweep_parts, whole


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


@pytest.fixture
def dead() -> int:
    """The number of a process that has come to its end."""
    with subprocess.Popen(["true"]) as process:
        pass
    return process.pid


def test_what_the_dead_left_is_swept_and_nothing_else(tmp_path: Path, dead: int) -> None:
    left = tmp_path / f".a.mp4.{dead}.part"
    wave = tmp_path / f".key.raw.{dead}.part.wav"
    ours = part_of(tmp_path / "a.mp4")
    others = [tmp_path / name for name in ("a.mp4", ".a.part", f"a.{dead}.part", ".x.part.wav")]
    for path in (left, wave, ours, *others):
        path.touch()
    assert sorted(left_parts([tmp_path, tmp_path / "nowhere"])) == sorted([left, wave])
    sweep_parts([tmp_path])
    assert names(tmp_path) == sorted(path.name for path in (ours, *others))
    sweep_parts([tmp_path], ended=os.getpid())
    assert not ours.exists()


def test_a_number_that_went_to_another_process_is_dead(tmp_path: Path) -> None:
    path = part_of(tmp_path / "a.mp4")
    path.touch()
    os.utime(path, (0, 0))
    assert left_parts([tmp_path]) == [path]
