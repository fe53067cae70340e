"""A folder copied into a slot: everything in it, and nothing that leads out of it."""

from __future__ import annotations

import os
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
    def refuses(*_: object) -> int:
        raise OSError("not supported")

    monkeypatch.setattr(folder_copy, "_clone", lambda *_: False)
    monkeypatch.setattr(os, "copy_file_range", refuses)
    assert (slot.copy("seed") / "inner" / "shop.db").read_text() == "seeded"
