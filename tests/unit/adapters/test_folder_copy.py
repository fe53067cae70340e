"""A folder copied into a slot: everything in it, and nothing that leads out of it."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from forge.adapters import folder_copy
from forge.adapters.contract import Slot
from forge.adapters.folder_copy import FolderCopy
from forge.errors import AdapterError


@pytest.fixture
def slot(tmp_path: Path) -> Slot:
    (tmp_path / "project").mkdir()
    (tmp_path / "slot-0").mkdir()
    return Slot(0, tmp_path / "slot-0", tmp_path / "project")


@pytest.fixture
def seed(slot: Slot) -> Path:
    folder = slot.project_dir / "seed"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "shop.db").write_text("seeded")
    (folder / "empty").mkdir()
    return folder


def test_each_copy_is_fresh_and_the_source_stays(slot: Slot, seed: Path) -> None:
    copy = FolderCopy("seed").fresh(slot)
    (copy / "inner" / "shop.db").write_text("sold")
    (copy / "more").touch()
    assert slot.copy("seed") == copy
    assert sorted(p.name for p in copy.iterdir()) == ["empty", "inner"]
    assert (copy / "inner" / "shop.db").read_text() == "seeded"
    assert copy.is_relative_to(slot.dir)


def test_times_and_modes_are_kept(slot: Slot, seed: Path) -> None:
    script = seed / "run.sh"
    script.write_text("#!/bin/sh")
    script.chmod(0o555)
    os.utime(script, (1_000_000, 1_000_000))
    copied = (slot.copy("seed") / "run.sh").stat()
    assert (copied.st_mtime, copied.st_mode & 0o777) == (1_000_000, 0o555)


def test_a_folder_that_cannot_be_written_becomes_one_that_can(slot: Slot, seed: Path) -> None:
    (seed / "empty").chmod(0o555)
    assert slot.copy("seed").joinpath("empty").stat().st_mode & 0o700 == 0o700
    slot.copy("seed")


def test_a_single_file_is_copied(slot: Slot, seed: Path) -> None:
    assert slot.copy("seed/inner/shop.db").read_text() == "seeded"
    assert slot.copy("seed/inner/shop.db").name == "shop.db"


def test_folders_of_the_same_name_have_copies_of_their_own(slot: Slot, seed: Path) -> None:
    (slot.project_dir / "other" / "inner").mkdir(parents=True)
    first, second = slot.copy("seed/inner"), slot.copy("other/inner")
    assert (first.name, second.name) == ("inner", "inner")
    assert (first / "shop.db").exists()
    assert list(second.iterdir()) == []
    assert slot.copy("../project/seed").is_relative_to(slot.dir)


def test_links_inside_stay_and_those_out_of_the_folder_become_copies(
    slot: Slot, seed: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.write_text("precious")
    (seed / "in").symlink_to("inner/shop.db")
    (seed / "out").symlink_to(outside)
    copy = slot.copy("seed")
    (copy / "in").write_text("changed")
    (copy / "out").write_text("changed")
    assert (copy / "inner" / "shop.db").read_text() == "changed"
    assert (outside.read_text(), (seed / "in").read_text()) == ("precious", "seeded")


def test_a_circle_of_links_is_an_error(slot: Slot, seed: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "back").symlink_to(tmp_path / "elsewhere")
    (seed / "out").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(AdapterError, match="leads to a folder that it is in"):
        slot.copy("seed")


def test_a_pipe_is_an_error(slot: Slot, seed: Path) -> None:
    os.mkfifo(seed / "pipe")
    with pytest.raises(AdapterError, match="not a regular file"):
        slot.copy("seed")


def test_a_missing_folder_is_named(slot: Slot) -> None:
    with pytest.raises(AdapterError, match=r"is not there: .*/project/seed"):
        slot.copy("seed")


def test_a_file_system_that_shares_nothing_copies(
    slot: Slot, seed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_copy, "_clone", lambda *_: False)
    monkeypatch.setattr(os, "copy_file_range", _refuses)
    assert (slot.copy("seed") / "inner" / "shop.db").read_text() == "seeded"


def tree(folder: Path) -> dict[str, object]:
    """Return what is in a folder: links, modes, times and content, by name."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        status, link = path.lstat(), path.readlink() if path.is_symlink() else None
        mode = stat.S_IMODE(status.st_mode) if link is None else link
        content = path.read_bytes() if path.is_file() and link is None else None
        time = status.st_mtime_ns if content is not None else 0
        found[str(path.relative_to(folder))] = (mode, time, content)
    return found


def spoil(copy: Path, outside: Path) -> None:
    """Do to a copy what an app may do to it."""
    (copy / "inner" / "shop.db").write_text("a longer text than was seeded")
    (copy / "inner" / "cut").write_text("")
    (copy / "inner" / "gone").unlink()
    (copy / "inner" / "added").mkdir(mode=0)
    (copy / "read-only").chmod(0o400)
    (copy / "linked").unlink()
    (copy / "linked").hardlink_to(outside)
    (copy / "led-away").unlink()
    (copy / "led-away").symlink_to(outside)
    (copy / "file").unlink()
    (copy / "file").mkdir()
    (copy / "file" / "x").touch()
    shutil.rmtree(copy / "folder")
    (copy / "folder").write_text("no folder")
    (copy / "pipe").unlink()
    os.mkfifo(copy / "pipe")
    (copy / "in").unlink()
    (copy / "in").write_text("no link")


@pytest.mark.parametrize("fast", [True, False])
def test_what_an_app_does_to_a_copy_is_undone(
    slot: Slot, seed: Path, tmp_path: Path, fast: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not fast:
        monkeypatch.setattr(os, "copy_file_range", _refuses)
    outside = tmp_path / "outside"
    outside.write_text("precious")
    for name in ("inner/cut", "inner/gone", "read-only", "linked", "led-away", "file", "pipe"):
        (seed / name).write_text(f"content of {name}")
    (seed / "folder").mkdir()
    (seed / "folder" / "page").write_text("page")
    (seed / "in").symlink_to("inner/shop.db")
    copy = slot.copy("seed")
    assert tree(copy) == tree(seed)
    spoil(copy, outside)
    assert slot.copy("seed") == copy
    assert tree(copy) == tree(seed)
    assert outside.read_text() == "precious"


def test_a_source_that_shrinks_or_changes_its_kind_is_copied_as_it_is(
    slot: Slot, seed: Path
) -> None:
    slot.copy("seed")
    (seed / "inner" / "shop.db").write_text("s")
    (seed / "empty").rmdir()
    (seed / "empty").write_text("a file")
    assert tree(slot.copy("seed")) == tree(seed)


def test_a_file_that_a_program_runs_is_replaced(slot: Slot, seed: Path) -> None:
    shutil.copy("/bin/sleep", seed / "run")
    copy = slot.copy("seed")
    with subprocess.Popen([copy / "run", "60"]) as program:
        try:
            assert tree(slot.copy("seed")) == tree(seed)
        finally:
            program.kill()


def _refuses(*_: object) -> int:
    raise OSError("not supported")
