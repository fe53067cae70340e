"""Projects on a host: unpacked whole or not at all, kept while they are used."""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from forge.store import host_projects
from forge.store.host_projects import has, hold, sweep, take_over, unpack
from forge.store.ledger import project_lock

REGULAR = (stat.S_IFREG | 0o644) << 16


def parcel(folder: Path, entries: dict[str, str], mode: int = REGULAR) -> tuple[Path, str]:
    """Write a zip with `entries`; return its path and SHA-256."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{len(list(folder.iterdir()))}.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name, text in entries.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = mode
            packed.writestr(info, text)
    return path, hashlib.sha256(path.read_bytes()).hexdigest()


def names(projects: Path) -> list[str]:
    return sorted(path.name for path in projects.iterdir()) if projects.is_dir() else []


@pytest.fixture
def projects(tmp_path: Path) -> Path:
    return tmp_path / "hosts" / "projects"


def test_parcel_becomes_a_folder_of_its_name(projects: Path, tmp_path: Path) -> None:
    zipped, sha256 = parcel(
        tmp_path / "in", {"tours/forge.toml": "", "tours/tutorials/a.py": "tour"}
    )
    assert has(projects, sha256) is None
    project = unpack(zipped, projects, sha256)
    assert project == projects / sha256 / "tours" == has(projects, sha256)
    assert (project / "tutorials" / "a.py").read_text() == "tour"
    assert names(projects) == [sha256]
    assert not zipped.exists()
    assert stat.S_IMODE(projects.stat().st_mode) == 0o700


def test_project_that_is_there_already_is_a_success(projects: Path, tmp_path: Path) -> None:
    zipped, sha256 = parcel(tmp_path / "in", {"tours/a.py": "1"})
    data = zipped.read_bytes()
    project = unpack(zipped, projects, sha256)
    (project / ".forge").mkdir()
    zipped.write_bytes(data)
    assert unpack(zipped, projects, sha256) == project
    assert (project / ".forge").is_dir()
    assert names(projects) == [sha256]


def test_many_may_unpack_the_same_project_at_once(projects: Path, tmp_path: Path) -> None:
    made = [parcel(tmp_path / f"in-{n}", {"tours/a.py": "1" * 50_000}) for n in range(8)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda one: unpack(one[0], projects, one[1]), made))
    assert set(found) == {projects / made[0][1] / "tours"}
    assert names(projects) == [made[0][1]]


@pytest.mark.parametrize(
    "name", ["../a.py", "/a.py", "tours/../../a.py", "tours/b\\..\\a.py", "a.py", "other/a.py"]
)
def test_name_outside_is_refused(projects: Path, tmp_path: Path, name: str) -> None:
    zipped, sha256 = parcel(tmp_path / "in", {"tours/ok.py": "", name: "evil"})
    with pytest.raises(ValueError, match="entry that is refused"):
        unpack(zipped, projects, sha256)
    assert names(projects) == [] and not zipped.exists()
    assert list(tmp_path.rglob("a.py")) == []


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO, 0])
def test_entry_that_is_no_file_is_refused(projects: Path, tmp_path: Path, kind: int) -> None:
    zipped, sha256 = parcel(tmp_path / "in", {"tours/a.py": "/etc/passwd"}, (kind | 0o644) << 16)
    with pytest.raises(ValueError, match="entry that is refused"):
        unpack(zipped, projects, sha256)
    assert names(projects) == []


def test_empty_folder_is_made(projects: Path, tmp_path: Path) -> None:
    folder = (stat.S_IFDIR | 0o755) << 16
    zipped, sha256 = parcel(tmp_path / "in", {"tours/data/inbox/": ""}, folder)
    inbox = unpack(zipped, projects, sha256) / "data" / "inbox"
    assert stat.S_IMODE(inbox.stat().st_mode) == 0o755
    zipped, sha256 = parcel(tmp_path / "in", {"tours/inbox/": ""})
    with pytest.raises(ValueError, match="entry that is refused"):
        unpack(zipped, projects, sha256)


def test_damaged_parcel_is_refused(projects: Path, tmp_path: Path) -> None:
    zipped, sha256 = parcel(tmp_path / "in", {"tours/a.py": "1"})
    zipped.write_bytes(zipped.read_bytes()[:-1])
    with pytest.raises(ValueError, match="did not arrive as it was sent"):
        unpack(zipped, projects, sha256)
    zipped.write_bytes(b"no zip")
    with pytest.raises(ValueError, match="is no zip"):
        unpack(zipped, projects, hashlib.sha256(b"no zip").hexdigest())
    assert names(projects) == []


def test_parcel_larger_than_allowed_is_refused(
    projects: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_projects, "LARGEST_MB", 0)
    zipped, sha256 = parcel(tmp_path / "in", {"tours/a.py": "1"})
    with pytest.raises(ValueError, match="larger than 0 MB"):
        unpack(zipped, projects, sha256)


@pytest.mark.parametrize("sha256", ["..", "", "A" * 64, f"{'a' * 64}/.."])
def test_name_that_is_no_digest_is_refused(projects: Path, sha256: str) -> None:
    with pytest.raises(ValueError, match="is no SHA-256"):
        has(projects, sha256)


def kept(projects: Path, count: int) -> list[Path]:
    """Make projects that were used one after the other; return their places, the oldest first."""
    made = [projects / f"{number:064x}" for number in range(count)]
    for number, project in enumerate(made):
        (project / "tours" / ".forge").mkdir(parents=True)
        os.utime(project, (number, number))
    return made


def test_projects_used_last_are_kept(projects: Path) -> None:
    first, second, *others = kept(projects, 7)
    has(projects, first.name)
    assert sweep(projects) == [others[0], second]
    assert names(projects) == sorted(p.name for p in (first, *others[1:]))


def test_held_project_stays(projects: Path) -> None:
    made = kept(projects, 4)
    handles = [hold(made[0] / "tours"), hold(made[0] / "tours")]
    assert sweep(projects, keep=1) == [made[2], made[1]]
    os.close(handles[0])
    assert sweep(projects, keep=1) == []
    os.close(handles[1])
    assert sweep(projects, keep=1) == [made[0]]
    with pytest.raises(OSError):
        hold(made[0] / "tours")


def test_leftovers_of_a_killed_process_are_removed(projects: Path) -> None:
    left = projects / "unpacking-abc"
    left.mkdir(parents=True)
    (projects / "other").mkdir()
    assert sweep(projects) == [left]
    assert names(projects) == ["other"]


def test_new_version_takes_over_what_the_last_one_has_made(projects: Path) -> None:
    oldest, last, in_use, new = kept(projects, 4)
    (projects / "other").mkdir()
    for version in (oldest, last, in_use):
        take = version / "tours" / ".forge" / "tour.en"
        take.mkdir()
        (take / "take.json").write_text(version.name)
        (take.parent / "logs").mkdir()
    with project_lock(in_use / "tours" / ".forge"):
        take_over(projects, new / "tours")
    made = new / "tours" / ".forge"
    assert (made / "tour.en" / "take.json").read_text() == last.name
    assert names(made) == ["tour.en"]
    assert names(last / "tours" / ".forge") == [".lock", "logs"]
    assert (oldest / "tours" / ".forge" / "tour.en").is_dir()


def test_project_of_another_name_is_not_taken_over(projects: Path) -> None:
    last, new = kept(projects, 2)
    (last / "tours").rename(last / "guides")
    (last / "guides" / ".forge" / "tour").mkdir()
    take_over(projects, new / "tours")
    assert names(new / "tours" / ".forge") == []


def test_nothing_is_swept_where_nothing_is(projects: Path) -> None:
    assert sweep(projects) == []
