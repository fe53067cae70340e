"""Which files are looked at, and when a change counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from forge.model.app_settings import App
from forge.model.settings import Settings
from forge.watching.changes import LOOK_S, Changes, files_of
from tests.support.project import Project


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class Desk:
    """One file that is looked at, and the clock of the looks."""

    def __init__(self, folder: Path) -> None:
        self.file, self.clock = folder / "a.py", Clock()
        self.file.write_text("1")
        self.files = {self.file}
        self.changes = Changes(lambda: self.files, self.clock)

    def look(self) -> set[Path]:
        self.clock.now_s += LOOK_S
        return self.changes.look()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_nothing_has_changed_at_first(desk: Desk) -> None:
    assert desk.look() == set() and not desk.changes.pending


def test_change_counts_once_its_file_is_at_rest(desk: Desk) -> None:
    desk.file.write_text("22")
    assert desk.look() == set() and desk.changes.pending
    desk.file.write_text("333")
    assert desk.look() == set()
    assert desk.look() == {desk.file} and not desk.changes.pending
    assert desk.look() == set()


def test_file_that_is_replaced_has_changed(desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("2")  # of the same length
    other.replace(desk.file)
    desk.look()
    assert desk.look() == {desk.file}


def test_file_that_is_removed_or_made_has_changed(desk: Desk) -> None:
    desk.file.unlink()
    desk.look()
    assert desk.look() == {desk.file}
    desk.file.write_text("1")
    desk.look()
    assert desk.look() == {desk.file}


def test_file_that_is_newly_looked_at_has_not_changed(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "b.py").write_text("1")
    desk.files.add(tmp_path / "b.py")
    desk.changes.add_new()
    desk.look()
    assert desk.look() == set()


def test_file_that_is_no_longer_looked_at_has_not_changed(desk: Desk, tmp_path: Path) -> None:
    desk.files = {tmp_path / "b.py"}
    desk.changes.add_new()
    desk.look()
    assert desk.look() == set()


def test_looks_are_not_more_frequent_than_needed(desk: Desk) -> None:
    desk.file.write_text("22")
    desk.clock.now_s += LOOK_S / 2
    assert desk.changes.look() == set() and not desk.changes.pending


def test_long_looks_become_rare(tmp_path: Path) -> None:
    clock, looks = Clock(), []

    def files() -> set[Path]:
        looks.append(clock.now_s)
        clock.now_s += 1.0  # a slow disk
        return set()

    changes = Changes(files, clock)
    for _ in range(200):
        clock.now_s += LOOK_S
        changes.look()
    assert len(looks) <= 4


def test_folder_that_vanishes_during_a_look_is_no_error(desk: Desk) -> None:
    def gone() -> set[Path]:
        raise FileNotFoundError

    desk.changes._files = gone
    desk.file.write_text("22")
    desk.look()
    assert desk.look() == {desk.file}


def test_files_are_those_that_the_project_is_made_of(project: Project) -> None:
    project.write("tutorials/tour.es.json", "{}")
    project.write("tutorials/helper.py", "")
    project.write("app/style.css", "")
    project.write("app/deep/page.html", "")
    settings = Settings(
        project_dir=project.folder, watch=("app/**/*.html",), adapter="adapters/shop.py:Shop"
    )
    found = files_of(project.folder, settings, ["/elsewhere/shared.py"])
    names = {
        str(path.relative_to(project.folder))
        for path in found
        if path.is_relative_to(project.folder)
    }
    assert names == {
        *("forge.toml", "pyproject.toml", ".env", "adapters/shop.py", "app/deep/page.html"),
        *("tutorials/tour.py", "tutorials/helper.py", "tutorials/tour.es.json"),
    }
    assert Path("/elsewhere/shared.py") in found


def test_files_are_known_before_the_settings_can_be_read(project: Project) -> None:
    found = files_of(project.folder, None, ())
    assert {project.folder / "forge.toml", project.folder / "tutorials" / "tour.py"} <= found


def test_files_of_an_app_are_looked_at_also_new_ones(project: Project) -> None:
    project.write("site/index.html", "")
    settings = Settings(project_dir=project.folder, app=App(static=Path("site")))
    before = files_of(project.folder, settings, ())
    project.write("site/deep/new.html", "")
    assert files_of(project.folder, settings, ()) - before == {
        project.folder / "site" / "deep" / "new.html"
    }


def test_new_files_in_the_data_of_an_adapters_class_are_looked_at(project: Project) -> None:
    settings = Settings(project_dir=project.folder, adapter="shop.py:Shop")
    project.write("seed/notes", "tea")
    before = files_of(project.folder, settings, (), ["seed"])
    project.write("seed/more", "cake")
    assert files_of(project.folder, settings, (), ["seed"]) - before == {
        project.folder / "seed" / "more"
    }
