"""The folder of a running batch: removed with the batch; those of dead batches are swept."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from forge.errors import MachineError
from forge.store.claims import OWNER_FILE
from forge.workers.run_dir import foreign, leftovers, run_dir, sweep

pytestmark = pytest.mark.usefixtures("nothing_left_behind")


@pytest.fixture
def temp(nothing_left_behind: Path) -> Path:
    return nothing_left_behind


@pytest.fixture
def marked(temp: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process whose TMPDIR is the folder of a dead run."""
    folder = temp / "forge-run-dead" / "slot-0"
    folder.mkdir(parents=True)
    folder.parent.chmod(0o700)
    process = subprocess.Popen(
        [sys.executable, "-c", "import time; print(flush=True); time.sleep(600)"],
        env={"TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout
    process.stdout.readline()
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def own(path: Path, /, **changed: object) -> Path:
    """Make the folder of a dead run, with `changed` fields in its owner file."""
    path.mkdir(mode=0o700, exist_ok=True)
    owner: dict[str, object] = {
        "forge": "run",
        "folder": path.name,
        "host": socket.gethostname(),
        "boot": "b",
    }
    owner |= {"pid_namespace": "pid:[1]", "pid": 1, "since_s": 1.0}
    (path / OWNER_FILE).write_text(json.dumps(owner | changed))
    return path


def test_folder_of_a_run_is_removed_with_it(temp: Path) -> None:
    with run_dir() as folder:
        assert folder.parent == temp
        (folder / "slot-0").mkdir()
        assert leftovers() == []
    assert not folder.exists()


def test_the_folder_goes_when_the_run_fails(temp: Path) -> None:
    with pytest.raises(ZeroDivisionError), run_dir() as folder:
        raise ZeroDivisionError
    assert not folder.exists()


def test_free_lock_means_a_dead_run(temp: Path) -> None:
    with run_dir_held_elsewhere() as living:
        left = own(temp / "forge-run-a", pid=os.getpid())
        assert leftovers() == [left]
        assert sweep() == [left]
        assert [path.name for path in temp.iterdir()] == [living.name]


@contextmanager
def run_dir_held_elsewhere() -> Iterator[Path]:
    """Make the folder of a run in another process."""
    code = """if True:
        from forge.workers.run_dir import run_dir
        with run_dir() as path: print(path, flush=True); input()
    """
    words = [sys.executable, "-c", code]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, **pipes) as process:  # type: ignore[call-overload]
        yield Path(process.stdout.readline().strip())
        process.communicate("\n")


def test_folder_appears_with_its_owner_file(temp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    appeared: list[tuple[bool, list[Path]]] = []
    rename = Path.rename

    def watched(self: Path, target: Path) -> Path:
        appeared.append((target.exists(), leftovers()))
        moved = rename(self, target)
        appeared.append(((target / OWNER_FILE).stat().st_size > 0, leftovers()))
        return moved

    monkeypatch.setattr(Path, "rename", watched)
    with run_dir() as folder:
        assert appeared == [(False, []), (True, [])]
        assert folder.stat().st_mode & 0o777 == 0o700


def test_what_cannot_be_made_leaves_nothing(temp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.write", lambda *_: (_ for _ in ()).throw(OSError(28, "no space left")))
    with pytest.raises(MachineError, match="no space left"), run_dir():
        pass
    assert list(temp.iterdir()) == []


@pytest.mark.parametrize(
    "owner",
    [None, b"", b"[]", b"half", b"null", b"\xff", b"[" * 100_000, b'{"forge": "run"}', b"1e999"],
)
def test_folder_without_an_owner_is_left_alone(temp: Path, owner: bytes | None) -> None:
    folder = temp / "forge-run-mine"
    (folder / "thesis").mkdir(parents=True)
    folder.chmod(0o700)
    if owner is not None:
        (folder / OWNER_FILE).write_bytes(owner)
    os.utime(folder, (1, 1))
    assert (leftovers(), foreign(), sweep()) == ([], [], [])
    shutil.rmtree(folder)


def test_odd_owner_files_raise_nothing(temp: Path) -> None:
    values: tuple[object, ...] = (
        None,
        True,
        [],
        {},
        "",
        "\ud800",
        -1,
        10**400,
        float("nan"),
        float("inf"),
        [[[]]],
    )
    for field in ("forge", "folder", "host", "boot", "pid_namespace", "pid", "since_s", "more"):
        for value in values:
            folder = own(temp / "forge-run-odd", **{field: value})
            assert leftovers() in ([], [folder])
            assert [type(told) for told in foreign()] in ([], [str])
    shutil.rmtree(folder)


@pytest.mark.parametrize("odd", ["fifo", "link", "folder", "a copy", "open to others"])
def test_owner_file_without_proof_is_left_alone(temp: Path, odd: str) -> None:
    folder = own(temp / "forge-run-odd")
    file = folder / OWNER_FILE
    if odd == "a copy":
        folder = folder.rename(temp / "forge-run-copy")
    elif odd == "open to others":
        folder.chmod(0o755)
    else:
        file.rename(temp / "kept")
        makers = {
            "fifo": os.mkfifo,
            "link": lambda f: f.symlink_to(temp / "kept"),
            "folder": os.mkdir,
        }
        makers[odd](file)
    assert (leftovers(), foreign(), sweep()) == ([], [], [])
    shutil.rmtree(folder)


def test_folder_of_another_machine_is_told(temp: Path) -> None:
    folder = own(temp / "forge-run-far", host="far-away", pid=7)
    assert (leftovers(), sweep()) == ([], [])
    assert foreign() == [f"{folder} (made by process 7 on far-away)"]
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    own(folder, host="a container of this machine", boot=boot)
    assert sweep() == [folder]


def test_link_to_a_dead_run_is_left_alone(temp: Path) -> None:
    own(temp / "elsewhere", folder="forge-run-link")
    (temp / "forge-run-link").symlink_to(temp / "elsewhere")
    assert (leftovers(), sweep()) == ([], [])
    (temp / "forge-run-link").unlink()


def test_sweep_ends_processes_of_a_dead_run(temp: Path, marked: subprocess.Popen[bytes]) -> None:
    own(temp / "forge-run-dead")
    assert sweep() == [temp / "forge-run-dead"]
    assert marked.wait(timeout=5) == -9
    assert list(temp.iterdir()) == []


def test_vanishing_folder_is_no_claim(temp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = temp / "forge-run-gone"
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter([gone]))
    assert leftovers() == []
    monkeypatch.undo()
