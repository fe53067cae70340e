"""The project as a zip: the same bytes for the same files, and what is left out or refused."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from forge.errors import ProjectError, UsageError
from forge.model.app_settings import App
from forge.model.records import Note
from forge.model.settings import Settings
from forge.store import parcel
from forge.store.parcel import Parcel, pack
from tests.support.jobs import job

NOTE = Note(size=1, mtime_ns=1, ctime_ns=1, sha256="")


class Packing:
    """A project in `folder`, and what `pack` makes of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out = folder / "project", folder / "out"
        for place in (self.folder, self.out):
            place.mkdir()
        self.settings = Settings(project_dir=self.folder)

    def write(self, name: str, text: str = "text") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def pack(self, *sources: str, without: tuple[Path, ...] = ()) -> Parcel:
        """Pack it for a job that is made of the tutorial `tour.py` and `sources`."""
        self.write("tour.py")
        made_of = job(tutorial_file="tour.py", sources=dict.fromkeys(sources, NOTE))
        return pack(self.settings, [made_of], self.out, without=without)

    def names(self, *sources: str, without: tuple[Path, ...] = ()) -> set[str]:
        """Return the names in the parcel besides `tour.py`."""
        with zipfile.ZipFile(self.pack(*sources, without=without).path) as packed:
            assert packed.testzip() is None
            names = [name.removeprefix("project/") for name in packed.namelist()]
        assert names == sorted(names)
        return set(names) - {"tour.py"}


@pytest.fixture
def packing(tmp_path: Path) -> Packing:
    return Packing(tmp_path)


def test_same_files_give_the_same_bytes(packing: Packing) -> None:
    for name in ("b.py", "a/z.py", "a.py"):
        packing.write(name, f"# {name}\n" * 100)
    first = packing.pack()
    data = first.path.read_bytes()
    for name in ("b.py", "a/z.py", "a.py"):
        os.utime(packing.folder / name, (5, 5))
        (packing.folder / name).chmod(0o600)
    second = packing.pack()
    assert (second.path.read_bytes(), second.sha256) == (data, first.sha256)
    assert first.path.name == f"{first.sha256}.zip" and first.size == len(data)
    packing.write("a.py", "changed")
    assert packing.pack().sha256 != first.sha256


@pytest.mark.parametrize(
    "name",
    [
        ".env",
        ".env.local",
        "shop/.envrc",
        ".ENV",
        ".git/config",
        ".git",
        ".forge/ledger.jsonl",
        "dist/tour.mp4",
        "shop/__pycache__/tour.pyc",
        "shop/node_modules/left/index.js",
        ".venv/bin/python",
        ".mypy_cache/x",
    ],
)
def test_private_and_made_files_are_left_out(packing: Packing, name: str) -> None:
    packing.write(name)
    packing.write("shop/app.py")
    assert packing.names() == {"shop/app.py"}


@pytest.mark.parametrize("mark", ["pyvenv.cfg", "CACHEDIR.TAG"])
def test_marked_folder_is_left_out(packing: Packing, mark: str) -> None:
    packing.write(f"mine/{mark}")
    packing.write("mine/lib/a.py")
    assert packing.names() == set()


def test_file_of_a_job_travels_from_a_folder_that_is_left_out(packing: Packing) -> None:
    packing.write("node_modules/app/index.js")
    packing.write("node_modules/app/other.js")
    assert packing.names("node_modules/app/index.js") == {"node_modules/app/index.js"}


def test_empty_folders_travel(packing: Packing) -> None:
    for name in ("uploads", ".cache/seed/inbox", ".cache/other", "dist/old"):
        (packing.folder / name).mkdir(parents=True)
    packing.write("uploads.md")
    assert packing.names() == {"uploads/", "uploads.md"}
    app = App.model_validate({"command": ["serve"], "data": ".cache/seed"})
    packing.settings = packing.settings.model_copy(update={"app": app})
    assert packing.names() == {"uploads/", "uploads.md", ".cache/seed/inbox/"}


def test_keys_are_refused_as_files_of_a_job(packing: Packing) -> None:
    packing.write(".env")
    with pytest.raises(UsageError, match=r"depend on .*\.env, which may hold keys"):
        packing.pack(".env")
    key = packing.write("forge.pem")
    assert packing.names(without=(key,)) == set()
    with pytest.raises(UsageError, match="may hold keys"):
        packing.pack("forge.pem", without=(key,))


@pytest.mark.parametrize("name", ["../app.css", "/etc/hostname", "shop/../../app.css"])
def test_file_of_a_job_outside_is_refused(packing: Packing, name: str) -> None:
    with pytest.raises(UsageError, match="lies outside of the project") as problem:
        packing.pack(name)
    assert "copy the file into it" in problem.value.hint


def test_installed_package_does_not_travel(packing: Packing) -> None:
    assert packing.names("/usr/lib/python3/dist-packages/shop.py") == set()


def test_links_are_packed_as_the_files_they_lead_to(packing: Packing, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "a.py").write_text("a")
    (packing.folder / "shared").symlink_to(shared)
    (packing.folder / "around").symlink_to(packing.folder)
    (packing.folder / "above").symlink_to(tmp_path)
    (shared / "again").symlink_to(shared)
    (packing.folder / "gone.py").symlink_to(tmp_path / "nothing")
    packing.write(".env")
    (packing.folder / "settings").symlink_to(packing.folder / ".env")
    assert packing.names() == {"shared/a.py"}


def test_what_is_no_file_is_left_out(packing: Packing) -> None:
    os.mkfifo(packing.folder / "pipe")
    assert packing.names() == set()


def test_programs_stay_executable(packing: Packing) -> None:
    packing.write("serve.sh").chmod(0o775)
    packing.write("readme.md").chmod(0o664)
    with zipfile.ZipFile(packing.pack().path) as packed:
        modes = {entry.filename: entry.external_attr >> 16 for entry in packed.infolist()}
    assert (oct(modes["project/serve.sh"]), oct(modes["project/readme.md"])) == (
        "0o100755",
        "0o100644",
    )


def test_large_project_is_refused_with_its_largest_folders(
    packing: Packing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parcel, "LARGEST_MB", 20)
    for number in range(1, 8):
        path = packing.write(f"data/part-{number}/deep/film.bin")
        os.truncate(path, number * 2**20)
    with pytest.raises(UsageError) as problem:
        packing.pack()
    assert (
        "has 28 MB of files, more than the 20 MB that are sent to other hosts: data/part-7 7 MB,"
        " data/part-6 6 MB, data/part-5 5 MB, data/part-4 4 MB, data/part-3 3 MB"
    ) in problem.value.message
    packing.write("data/part-7/CACHEDIR.TAG")
    packing.write("data/part-6/CACHEDIR.TAG")
    assert packing.pack().size > 0


def test_name_that_cannot_be_sent_is_refused(packing: Packing) -> None:
    packing.write("a\x07b.py")
    with pytest.raises(UsageError, match="control characters"):
        packing.pack()


def test_missing_file_of_a_job_is_an_error(packing: Packing) -> None:
    with pytest.raises(ProjectError, match=r"cannot be packed: .*gone\.py: No such file"):
        packing.pack("gone.py")
