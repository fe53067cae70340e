"""The packages that are published: built, checked, installed, and rendered with."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import pytest

from forge.version import __version__
from forge.workers.composing.encoding.probe import probe
from tests.support.packages import FOLDERS, SOURCES
from tests.support.project import ROOT, Project
from tests.support.tours import VIRTUAL, page, write_project

pytestmark = pytest.mark.slow(reason="builds two packages")

TOUR = f'''
    from forge import Tutorial
    tour = Tutorial("A tour", id="tour")

    @tour.step
    def look(browser):
        """Look."""
        browser.get({page("<h1>Installed</h1>")!r})
'''


def python(*words: str, **options: object) -> str:
    """Run Python with `words`; return its output, or fail with all that it has written."""
    done = subprocess.run(
        [sys.executable, "-P", *words], capture_output=True, text=True, check=False, **options
    )  # type: ignore[call-overload]
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return the sdist, and the wheel that was built from it, without any network."""
    folder = tmp_path_factory.mktemp("packages")
    source = folder / "source"
    source.mkdir()
    for name in SOURCES:
        leave_out = shutil.ignore_patterns("__pycache__", "*.egg-info")
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, symlinks=True, ignore=leave_out)
        else:
            shutil.copy(ROOT / name, source)
    python("-m", "build", "--no-isolation", "--outdir", str(folder / "dist"), str(source))
    return sorted((folder / "dist").iterdir())


@pytest.fixture(scope="module")
def installed(packages: Sequence[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a folder of its own; return that."""
    folder = tmp_path_factory.mktemp("installed")
    words = ["--quiet", "--no-deps", "--no-index", "--disable-pip-version-check"]
    python("-m", "pip", "install", *words, "--target", str(folder), str(packages[0]))
    return folder


def test_packages_are_fit_to_be_published(packages: Sequence[Path]) -> None:
    wheel, sdist = (path.name for path in packages)
    assert wheel == f"forge_tutorials-{__version__}-py3-none-any.whl"
    assert sdist == f"forge_tutorials-{__version__}.tar.gz"
    python("-m", "twine", "check", "--strict", *map(str, packages))


def test_packages_have_every_file_of_the_sources(packages: Sequence[Path]) -> None:
    wheel, sdist = packages
    sources = {
        PurePosixPath(packed_as, path.relative_to(ROOT / folder).as_posix())
        for folder, packed_as in FOLDERS.items()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert len(sources) > 400
    with zipfile.ZipFile(wheel) as packed:
        assert sources - {PurePosixPath(name) for name in packed.namelist()} == set()
    with tarfile.open(sdist) as packed_sources:
        names = {PurePosixPath(*PurePosixPath(n).parts[1:]) for n in packed_sources.getnames()}
    assert sources - names == set()


@pytest.mark.browser
def test_installed_package_renders(
    installed: Path, tmp_path: Path, command_environment: dict[str, str], nothing_left_behind: Path
) -> None:
    project: Project = write_project(tmp_path / "project", TOUR, video=VIRTUAL)
    env = command_environment | {
        "PYTHONPATH": str(installed),
        "TMPDIR": str(nothing_left_behind),
    }
    where = python("-c", "import forge; print(forge.__file__)", env=env, cwd=tmp_path)
    assert Path(where.strip()).parent == installed / "forge"
    command = [sys.executable, str(installed / "bin" / "forge"), "render"]
    done = subprocess.run(command, cwd=project.folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert probe(project.video("tour")).video_s > 1
