"""Imports of users' files, and two projects in one process."""

from __future__ import annotations

import os
import py_compile
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from forge.adapters.loading import load_adapter
from forge.errors import AdapterError, ProjectError, TutorialError
from forge.project.load_module import load_module, use_project
from tests.support.project import Project

ADAPTER = "from forge import Adapter\nclass Shop(Adapter): ...\n"


@pytest.fixture(autouse=True)
def _away_from_the_project(tmp_path: Path) -> Iterator[None]:
    yield
    use_project(tmp_path / "none")


@pytest.fixture
def one(tmp_path: Path) -> Project:
    return Project(tmp_path / "one")


def load(project: Project, name: str, text: str) -> object:
    """Load a file of the project; return its variable `x`."""
    use_project(project.folder)
    return load_module(project.write(name, text), TutorialError).x


@pytest.mark.parametrize(
    "file", ["forge_helper.py", "forge_helper/__init__.py", "tours/forge_helper.py"]
)
def test_file_imports_from_beside_it_and_the_project(one: Project, file: str) -> None:
    one.write(file, "x = 1")
    assert load(one, "tours/tour.py", "from forge_helper import x") == 1
    assert "forge_helper" in sys.modules


def test_imported_folder_without_init_is_a_package(one: Project) -> None:
    one.write("forge_pages/start.py", "x = 1")
    (one.folder / "piper").mkdir()
    assert load(one, "tour.py", "from forge_pages.start import x") == 1
    use_project(one.folder)
    assert find_spec("forge_pages") is not None
    assert find_spec("no_such_module") is None


def test_project_folder_does_not_hide_an_installed_package(one: Project) -> None:
    one.write("forge_voices/es.onnx", "")
    use_project(one.folder)
    assert find_spec("forge_voices") is None


def test_modules_beside_the_file_come_before_the_project(one: Project) -> None:
    one.write("forge_helper.py", "x = 'project'")
    one.write("tours/forge_helper.py", "x = 'beside'")
    assert load(one, "tours/tour.py", "from forge_helper import x") == "beside"


@pytest.mark.parametrize("name", ["selenium", "json", "forge", "zoneinfo"])
def test_installed_modules_come_before_the_project(one: Project, name: str) -> None:
    for file in (f"{name}.py", f"tours/{name}.py", f"other/{name}.py"):
        one.write(file, "raise RuntimeError('the project was imported')")
    for folder in ("tours", "other"):
        assert load(one, f"{folder}/tour.py", f"import {name} as x") is sys.modules[name]


def test_helpers_import_helpers(one: Project) -> None:
    one.write("parts/forge_inner.py", "x = 1")
    one.write("forge_helper.py", "from parts.forge_inner import x")
    assert load(one, "tours/tour.py", "from forge_helper import x") == 1


def test_package_module_imports_from_beside_the_package(one: Project) -> None:
    for file in ("forge_pages/__init__.py", "forge_pages/start.py"):
        one.write(file, "from forge_helper import x")
    one.write("forge_pages/forge_helper.py", "x = 'inside'")
    one.write("forge_helper.py", "x = 'project'")
    assert load(one, "tours/tour.py", "from forge_pages.start import x") == "project"


def test_two_projects_in_a_process_share_no_modules(tmp_path: Path) -> None:
    one, two = (Project(tmp_path / name) for name in ("one", "two"))
    for project in (one, two):
        project.write("forge_helper/__init__.py", f"x = '{project.folder.name}'")
        project.write("forge_helper/more.py", f"x = 'more of {project.folder.name}'")
    text = "import forge_helper\nfrom forge_helper.more import x"
    assert load(one, "tour.py", text) == "more of one"
    assert load(two, "tour.py", text) == "more of two"
    use_project(tmp_path / "three")
    assert find_spec("forge_helper") is None


@pytest.mark.parametrize("late", [False, True])
def test_one_name_for_two_modules_is_refused(one: Project, late: bool) -> None:
    """Otherwise a worker that loads only one of the files would import the other module."""
    for folder in ("a", "b"):
        one.write(f"{folder}/forge_helper.py", "x = 1")
    text = "def f():\n    import forge_helper\nx = 1" if late else "from forge_helper import x"
    assert load(one, "a/tour.py", text) == 1
    with pytest.raises(ProjectError) as caught:
        load(one, "b/tour.py", text)
    assert f"means {one.folder}/b/forge_helper.py here" in caught.value.message
    assert f"and {one.folder}/a/forge_helper.py in another file" in caught.value.message


def test_unimported_helper_may_share_a_name(one: Project) -> None:
    for folder in ("a", "b"):
        one.write(f"{folder}/forge_intro.py", f"x = '{folder}'")
    assert load(one, "a/tour.py", "from forge_intro import x") == "a"
    assert load(one, "b/tour.py", "x = 1") == 1


def test_missing_module_names_the_places_searched(one: Project) -> None:
    with pytest.raises(TutorialError) as caught:
        load(one, "tours/tour.py", "\nfrom forge_helper import x")
    assert caught.value.message.endswith(
        "tours/tour.py:2: ModuleNotFoundError: No module named 'forge_helper'"
    )
    assert caught.value.hint == (
        f"what is imported must be installed, lie beside the file or in {one.folder}"
    )


@pytest.mark.parametrize("init", [True, False])
def test_adapter_may_be_in_a_package_of_the_project(one: Project, init: bool) -> None:
    one.write("forge_shops/one.py", f"import forge_helper\n{ADAPTER}")
    one.write("forge_helper.py", "")
    if init:
        one.write("forge_shops/__init__.py", "")
    assert load_adapter("forge_shops.one:Shop", one.folder).__name__ == "Shop"


def test_missing_package_of_an_adapter_is_an_adapter_error(one: Project) -> None:
    one.folder.mkdir()
    with pytest.raises(AdapterError, match="cannot be imported"):
        load_adapter("forge_shops.one:Shop", one.folder)


def test_second_save_within_a_second_is_seen(one: Project) -> None:
    """If both are of one length, Python would take the .pyc of the first for the second."""
    files = {"forge_helper.py": "x = 1", "tour.py": "from forge_helper import x\ny = 1"}
    for name, text in files.items():
        path = one.write(name, text)
        times = (path.stat().st_atime_ns, path.stat().st_mtime_ns)
        py_compile.compile(str(path), doraise=True)
        path.write_text(text.replace("1", "2"))
        os.utime(path, ns=times)
    use_project(one.folder)
    tour = load_module(one.folder / "tour.py", TutorialError)
    assert (tour.x, tour.y) == (2, 2)
