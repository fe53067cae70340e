"""Notes of files: cheap to compare, and reliable for files that look equal."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from forge.model.records import Note
from forge.store import file_notes
from forge.store.file_notes import difference, is_same, is_whole, noted, notes_of, read_noted
from forge.workers.job.one_version import OneVersion

CONTENT = b"a video"


def aged(path: Path) -> None:
    """Change the times of `path`, which may not differ after a write within one tick."""
    os.utime(path, (1, 1))


def other_content(path: Path) -> None:
    path.write_bytes(b"A VIDEO")


def foreign(path: Path) -> None:
    """Replace the file by one of the same size and mtime."""
    before = path.stat()
    other = path.with_name("other")
    other.write_bytes(b"A VIDEO")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)


def link_to_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


CHANGES: list[Callable[[Path], object]] = [
    other_content,
    foreign,
    lambda path: path.write_bytes(CONTENT[:-1]),
    lambda path: path.write_bytes(b""),
    Path.unlink,
    link_to_a_pipe,
    folder,
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.mp4"
    path.write_bytes(CONTENT)
    aged(path)
    return path


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_file_is_noticed(file: Path, change: Callable[[Path], object]) -> None:
    note = noted(file)
    assert (is_same(file, note), is_whole(file, note)) == (True, True)
    change(file)
    assert (is_same(file, note), is_whole(file, note)) == (False, False)
    assert difference([file], {file.name: note}) is not None


def test_touched_or_copied_file_is_the_same(file: Path, tmp_path: Path) -> None:
    note = noted(file)
    os.utime(file, (5, 5))
    assert is_same(file, note)
    copy = tmp_path / "copy"
    copy.write_bytes(CONTENT)
    assert is_same(copy, note)


def test_file_with_equal_times_is_not_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    note = noted(file)
    monkeypatch.setattr(file_notes, "noted", None)
    assert is_same(file, note)


def test_disk_damage_is_found_by_reading(file: Path) -> None:
    note = noted(file)
    damaged = note.model_copy(update={"sha256": "0" * 64})  # as if the content differed
    assert is_same(file, damaged)
    assert not is_whole(file, damaged)


def test_content_and_note_are_of_one_moment(file: Path) -> None:
    assert read_noted(file) == (CONTENT, noted(file))


def test_a_difference_says_which_file_and_what(file: Path) -> None:
    kept = notes_of([file])
    assert difference([file], kept) is None
    assert difference([file], {}) == "a.mp4 is not the file that was rendered"
    assert difference([file, file.with_name("a.srt")], kept) == "there is no a.srt"


# `OneVersion`: a worker compares the files of its jobs with it.


def sources(*paths: Path) -> dict[str, Note]:
    return {str(path): noted(path) for path in paths}


def test_unchanged_file_is_one_version(file: Path) -> None:
    version, planned = OneVersion(), sources(file)
    os.utime(file, (5, 5))  # touched since it was planned
    assert [version.changed(planned) for _ in range(2)] == [None, None]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("before", [True, False])
def test_a_file_that_changes_is_another_version(
    file: Path, change: Callable[[Path], object], before: bool
) -> None:
    version, planned = OneVersion(), sources(file)
    if not before:
        assert version.changed(planned) is None
    change(file)
    assert version.changed(planned) == str(file)


def test_restored_file_needs_a_new_worker(file: Path) -> None:
    """The old worker may have read the file before it was restored."""
    version, planned = OneVersion(), sources(file)
    assert version.changed(planned) is None
    file.write_bytes(b"A VIDEO")
    file.write_bytes(CONTENT)
    aged(file)
    assert version.changed(planned) == str(file)
    assert OneVersion().changed(planned) is None


def test_files_of_other_jobs_do_not_count(file: Path, tmp_path: Path) -> None:
    version, other = OneVersion(), tmp_path / "other.py"
    other.touch()
    planned, others = sources(file), sources(other)
    assert version.changed(planned) is None
    other.write_text("changed")
    assert version.changed(planned) is None
    assert version.changed(others) == str(other)
