"""The folder of the slots: the same path in each batch, and one batch at a time in it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from forge.errors import MachineError
from forge.store.claims import OWNER_FILE
from forge.workers import guard, slots
from forge.workers.run_dir import leftovers, sweep
from forge.workers.slots import name_of, slots_dir

SHOP = Path("/home/me/shop")


@pytest.fixture
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path.resolve()


def dead(path: Path, since_s: float = 1.0) -> Path:
    """Make the folder of a batch that was killed, with a file of its app."""
    (path / "slot-0").mkdir(parents=True)
    path.chmod(0o700)
    (path / "slot-0" / "shop.db").touch()
    owner: dict[str, object] = {
        "forge": "slots",
        "folder": path.name,
        "host": socket.gethostname(),
        "boot": "",
    }
    owner |= {"pid_namespace": "", "pid": 1, "since_s": since_s}
    (path / OWNER_FILE).write_text(json.dumps(owner))
    return path


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("shop", "shop"),
        ("My Tours (v2)", "My-Tours-v2"),
        ("Café.de_1", "Cafe.de_1"),
        ("..hidden", "hidden"),
        ("入門", "project"),
        ("", "project"),
        ("x" * 100, "x" * 30),
    ],
)
def test_a_project_is_named_by_its_folder(folder: str, name: str) -> None:
    assert name_of(Path("/") / folder) == name


def test_folder_of_slots_is_removed_with_the_batch(temp: Path) -> None:
    for _ in range(2):
        with slots_dir(SHOP) as held:
            assert (held.path, held.taken) == (temp / "forge-shop", ())
            assert held.path.stat().st_mode & 0o777 == 0o700
            (held.fresh(0) / "file").touch()
            assert list(held.fresh(0).iterdir()) == []
        assert list(temp.iterdir()) == []


def test_folder_of_a_living_batch_is_kept(temp: Path) -> None:
    with slots_dir(SHOP) as one, slots_dir(Path("/srv/shop")) as other:
        (one.fresh(0) / "file").touch()
        assert other == (temp / "forge-shop-2", (temp / "forge-shop",))
        assert (leftovers(), sweep()) == ([], [])
        assert (one.path / "slot-0" / "file").exists()


def test_folder_of_a_dead_batch_is_reused(temp: Path) -> None:
    left = dead(temp / "forge-shop")
    with slots_dir(SHOP) as held:
        assert held == (left, ())
        assert [path.name for path in left.iterdir()] == [OWNER_FILE]


def test_folder_of_another_machine_is_kept(temp: Path) -> None:
    far = dead(temp / "forge-shop")
    (far / OWNER_FILE).write_text(
        (far / OWNER_FILE).read_text().replace(socket.gethostname(), "far-away")
    )
    with slots_dir(SHOP) as held:
        assert held == (temp / "forge-shop-2", (far,))
    assert sweep() == []
    assert (far / "slot-0" / "shop.db").exists()


def make_link(path: Path) -> None:
    target = path.with_name("target")
    target.mkdir(mode=0o700)
    path.symlink_to(target)


def make_open(path: Path) -> None:
    dead(path).chmod(0o777)


def make_users(path: Path) -> None:
    path.mkdir(mode=0o700)
    (path / "thesis.txt").touch()


@pytest.mark.parametrize("make", [make_link, make_open, make_users, Path.mkdir, Path.touch])
def test_folder_open_to_others_is_kept(temp: Path, make: object) -> None:
    assert callable(make)
    make(temp / "forge-shop")
    before = sorted(temp.rglob("*"))
    with slots_dir(SHOP) as held:
        assert held.path == temp / "forge-shop-2"
        assert sweep() == []
    assert sorted(temp.rglob("*")) == before


def test_folder_of_another_user_is_kept(temp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs, uid = dead(temp / "forge-shop"), os.getuid()
    monkeypatch.setattr("os.getuid", lambda: uid + 1)
    assert sweep() == []
    with slots_dir(SHOP) as held:
        assert held.taken == (theirs,)
    monkeypatch.undo()
    assert (theirs / "slot-0" / "shop.db").exists()


def test_no_free_name_is_an_error(temp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "NAMES", 2)
    (temp / "forge-shop").touch()
    with pytest.raises(MachineError, match="are taken"):
        slots_dir(SHOP).__enter__()


def test_what_cannot_be_removed_is_not_taken(temp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An app in a container may leave files of another user."""
    dead(temp / "forge-shop")
    monkeypatch.setattr("shutil.rmtree", lambda *args, **options: None)
    assert sweep() == []
    with slots_dir(SHOP) as held:
        assert held.path == temp / "forge-shop-2"


def test_owner_file_is_swept_last(temp: Path) -> None:
    left = [dead(temp / f"forge-{name}") for name in ("a", "b")]
    assert leftovers() == left
    assert sweep() == left
    assert list(temp.iterdir()) == []


def test_project_may_have_the_name_of_a_run(temp: Path) -> None:
    with slots_dir(Path("/home/me/run-shop")) as held:
        os.utime(held.path, (1, 1))
        assert held.path == temp / "forge-run-shop"
        assert (leftovers(), sweep()) == ([], [])


@pytest.mark.parametrize("younger", [True, False])
def test_sweep_ends_processes_younger_than_the_batch(temp: Path, younger: bool) -> None:
    code = "import time; print(flush=True); time.sleep(600)"
    words, env = [sys.executable, "-c", code], {"TMPDIR": f"{temp}/forge-shop/slot-0/tmp"}
    with subprocess.Popen(words, env=env, stdout=subprocess.PIPE, start_new_session=True) as app:
        try:
            assert app.stdout
            app.stdout.readline()
            since_s = guard.started(app.pid) + (-60 if younger else 60)
            neighbour = dead(temp / "forge-shop-2", since_s=1.0)
            assert sweep() == [neighbour]
            assert app.poll() is None, "it carries another mark"
            dead(temp / "forge-shop", since_s)
            assert sweep() == [temp / "forge-shop"]
            assert (app.poll() == -9) is younger
        finally:
            app.kill()


def test_last_slot_removes_the_folder(temp: Path) -> None:
    root = dead(temp / "forge-shop")
    (root / "slot-1").mkdir()
    slots.leave(guard.Home(root / "slot-0", 1.0))
    assert sorted(path.name for path in root.iterdir()) == [OWNER_FILE, "slot-1"]
    slots.leave(guard.Home(root / "slot-1", 1.0))
    assert not root.exists()


def test_slot_of_a_new_batch_is_kept(temp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "LEAVE_S", 0.0)
    with slots_dir(SHOP) as held:
        file = held.fresh(0) / "file"
        file.touch()
        slots.leave(guard.Home(file.parent, 1.0))
        assert file.exists()
