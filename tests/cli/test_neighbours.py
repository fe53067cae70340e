"""Neighbours of a running forge: other forges, programs and folders of the user stay untouched."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from forge.commands import clean
from forge.errors import UsageError
from forge.store.ledger import project_lock
from forge.workers.run_dir import run_dir
from tests.support.project import ForgeCommand, Project

SPEAK = ("render", "--phase", "speak", "--voice", "silent")
NAMESPACE = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")


def test_users_folder_named_like_a_run_stays(
    project: Project, forge_cli: ForgeCommand, nothing_left_behind: Path
) -> None:
    """It holds an old project, and an editor has one of its files open."""
    mine = nothing_left_behind / "forge-run-myproject"
    shutil.move(project.folder, mine)
    for path in (*mine.rglob("*"), mine):
        os.utime(path, (1, 1))
    tour = mine / "tutorials" / "tour.py"
    editor = [sys.executable, "-c", "input()", str(tour), f"--data={mine}"]
    with subprocess.Popen(editor, stdin=subprocess.PIPE) as process:
        for command in (("clean",), SPEAK):
            assert forge_cli(*command, cwd=mine).returncode == 0
        assert process.poll() is None
        process.communicate(b"\n")
    assert process.returncode == 0
    assert tour.is_file()
    shutil.rmtree(mine)


def test_clean_locks_out_renders(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    work = project.folder / ".forge"
    for name in ("a", "z"):
        (work / name).mkdir(parents=True)
    tried: list[str] = []

    def remove(path: Path) -> None:
        with pytest.raises(UsageError, match="is at work"), project_lock(work):
            pass
        tried.append(path.name)

    monkeypatch.setattr("shutil.rmtree", remove)
    assert clean.run(argparse.Namespace(project=project.folder, cache=False)) == 0
    assert tried == ["a", "z"]


@pytest.fixture
def namespaces() -> None:
    """Skip the test where this user may not make PID namespaces."""
    try:
        made = subprocess.run([*NAMESPACE, "true"], capture_output=True, text=True)
        reason = made.stderr if made.returncode else None
    except FileNotFoundError:
        reason = "there is no unshare"
    if reason:
        pytest.skip(f"no PID namespace can be made: {reason}")


@contextmanager
def render_in_a_namespace(
    project: Project, environment: dict[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """Run a render in a PID namespace of its own that waits in its driver's start."""
    os.mkfifo(project.folder / "gate")
    program = f"#!/bin/sh\n: > {project.folder}/up\nexec cat {project.folder}/gate\n"
    for name in ("chrome", "driver"):
        project.write(f"bin/{name}", program).chmod(0o755)
    browser = "".join(
        f'browser.{key} = "{project.folder}/bin/{name}"\n'
        for key, name in (("binary", "chrome"), ("driver", "driver"))
    )
    project.write("forge.toml", f'{browser}voice.engine = "silent"\nvideo.clock = "real"\n')
    words = [*NAMESPACE, sys.executable, "-P", "-m", "forge", "render"]
    env = {**environment, "TMPDIR": os.environ["TMPDIR"]}
    with subprocess.Popen(
        words,
        cwd=project.folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            deadline = time.monotonic() + 30
            while not (project.folder / "up").exists():
                assert process.poll() is None, process.communicate()[0]
                assert time.monotonic() < deadline
                time.sleep(0.02)
            yield process
        finally:
            process.kill()


@pytest.mark.usefixtures("namespaces")
def test_pid_namespaces_share_a_temporary_folder(
    project: Project,
    tmp_path: Path,
    forge_cli: ForgeCommand,
    command_environment: dict[str, str],
    nothing_left_behind: Path,
) -> None:
    other = Project(tmp_path / "other")
    shutil.copytree(project.folder, other.folder)
    with render_in_a_namespace(project, command_environment) as living:
        folders = set(nothing_left_behind.glob("forge-*/slot-0"))
        assert len(folders) == 2, "the run's and the adapter's"
        for command in (("clean",), SPEAK):
            done = forge_cli(*command, cwd=other.folder)
            assert (done.returncode, "a run that died" in done.stdout) == (0, False)
        assert folders == set(nothing_left_behind.glob("forge-*/slot-0"))
        (project.folder / "gate").write_text("")
        said, _ = living.communicate(timeout=30)
        assert "chromedriver did not start: no output" in said
    assert not list(nothing_left_behind.glob("forge-*"))


@pytest.mark.usefixtures("namespaces")
def test_dead_namespaces_folders_are_swept(
    project: Project,
    forge_cli: ForgeCommand,
    command_environment: dict[str, str],
    nothing_left_behind: Path,
) -> None:
    with render_in_a_namespace(project, command_environment) as dead:
        dead.kill()
    left = set(nothing_left_behind.glob("forge-*"))
    assert len(left) == 2
    done = forge_cli("clean", cwd=project.folder)
    assert all(f"removed {path} (a run that died)" in done.stdout for path in left)


def test_living_run_is_not_swept(
    project: Project, forge_cli: ForgeCommand, nothing_left_behind: Path
) -> None:
    with run_dir() as folder:
        assert "a run that died" not in forge_cli("clean", cwd=project.folder).stdout
        assert folder.is_dir()
