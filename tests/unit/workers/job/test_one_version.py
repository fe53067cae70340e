"""A job uses the files it was planned with, and damaged files are made again."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from forge.model.records import JobResult
from forge.store.freshness import assess, seen_again, up_to_date
from forge.store.paths import FRAMES_FILE, TAKE_FILE, TAKE_PRINT, VIDEO_PRINT
from tests.support.one_job import FILES, MACHINE, OneJob


@pytest.fixture
def one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OneJob:
    return OneJob(tmp_path / "project", monkeypatch)


def edit(path: Path) -> None:
    path.write_text(path.read_text() + "\n")


def edit_and_put_back(path: Path) -> None:
    """Change a file and restore it, as `git stash` and `git stash pop` do."""
    before = path.read_bytes()
    path.write_bytes(b"another version")
    path.write_bytes(before)
    os.utime(path, (1, 1))  # the content is the old one, the times are not


def insist_that_it_says_so(one: OneJob, result: JobResult, file: str) -> None:
    assert result.error is not None
    assert (result.error.kind, result.error.transient) == ("ChangedError", True)
    assert result.error.message == f"{one.folder / file} has changed since the batch began"
    assert one.made() == {}
    assert not (one.work_dir / VIDEO_PRINT).exists()


@pytest.mark.parametrize("file", FILES)
def test_a_file_changed_before_the_job_fails_it(one: OneJob, file: str) -> None:
    job = one.planned()
    edit(one.folder / file)
    insist_that_it_says_so(one, one.batch(job), file)
    assert one.recorded == 0


@pytest.mark.parametrize("change", [edit, edit_and_put_back, Path.unlink])
@pytest.mark.parametrize("file", ["tutorials/tour.py", "app.css"])
def test_a_file_changed_while_recording_voids_the_take(
    one: OneJob, file: str, change: Callable[[Path], None]
) -> None:
    one.while_recording = partial(change, one.folder / file)
    insist_that_it_says_so(one, one.batch(one.planned()), file)
    assert not (one.work_dir / TAKE_PRINT).exists()


@pytest.mark.parametrize("file", ["logo.png", "helper.py"])
def test_a_file_changed_while_composing_voids_the_video(one: OneJob, file: str) -> None:
    job = one.planned()
    one.while_encoding = partial(edit_and_put_back, one.folder / file)
    insist_that_it_says_so(one, one.batch(job), file)
    one.while_encoding = lambda: None
    insist_that_it_says_so(one, one.batch(job), file)
    one.new_worker()  # it has met no other version
    assert one.batch(job).error is None


def test_a_changed_file_explains_an_error_it_causes(one: OneJob) -> None:
    def half_saved() -> None:
        edit(one.folder / "helper.py")
        raise SyntaxError("half a file")

    one.while_recording = half_saved
    insist_that_it_says_so(one, one.batch(one.planned()), "helper.py")


def test_a_failed_job_leaves_no_outputs(one: OneJob) -> None:
    """Also when the last of its files cannot be renamed."""

    def in_the_way() -> None:
        (one.settings.output_dir / "tour.mp4").mkdir()

    one.while_encoding = in_the_way
    result = one.batch(one.planned())
    assert result.error is not None and "cannot be written" in result.error.message
    assert [path.name for path in one.settings.output_dir.iterdir()] == ["tour.mp4"]


def flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes() or b"x")  # the list of chapters is empty
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def empty(path: Path) -> None:
    path.write_bytes(b"" if path.read_bytes() else b"x")


def say_another_width(path: Path) -> None:
    path.write_text(path.read_text().replace("640", "641"))


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        (FRAMES_FILE, flip_a_bit),
        (FRAMES_FILE, lambda path: path.write_bytes(b"")),
        (TAKE_FILE, say_another_width),
    ],
)
def test_a_damaged_take_is_recorded_again_at_once(
    one: OneJob, name: str, damage: Callable[[Path], object]
) -> None:
    one.batch(one.planned("Before."))
    assert one.recorded == 1
    assert one.batch(one.planned("Now.")).error is None
    assert one.recorded == 1, "another sentence needs no other take"
    damage(one.work_dir / name)
    result = one.batch(one.planned("And now."))
    assert (result.error, one.recorded) == (None, 2)
    assert result.warnings == (f"{one.work_dir / name} is damaged: recorded again",)


@pytest.mark.parametrize("damage", [flip_a_bit, empty, Path.unlink])
@pytest.mark.parametrize("number", range(6))
def test_a_damaged_output_is_composed_again(
    one: OneJob, number: int, damage: Callable[[Path], object]
) -> None:
    job = one.planned()
    result = one.batch(job)
    made = one.made()
    assert set(result.files) == set(made)
    verdict = assess(one.settings, MACHINE, job)
    assert verdict.needs == "fresh"
    standing = up_to_date(one.settings, job, verdict)
    assert one.resumed(job)
    assert (seen_again(result), seen_again(standing)) == (result, standing)

    path = one.outputs()[number]
    damage(path)
    stale = assess(one.settings, MACHINE, job)
    assert stale.needs == "compose"
    assert path.name in (stale.why or "")
    assert not one.resumed(job)
    for told in (result, standing):
        seen = seen_again(told)
        assert (seen.status, seen.output) == ("failed", None)
        assert seen.error is not None and path.name in seen.error.message
    assert one.batch(job).error is None
    assert (one.made(), one.recorded) == (made, 1)


def test_a_damaged_manifest_is_made_again(one: OneJob) -> None:
    job = one.planned()
    one.batch(job)
    (one.work_dir / "manifest.json").write_text('{"x":')
    assert (
        assess(one.settings, MACHINE, job).why == "manifest.json is not the file that was rendered"
    )
    assert one.batch(job).error is None
    assert assess(one.settings, MACHINE, job).needs == "fresh"
