"""The commands, as a user runs them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from forge import __version__
from forge.store.claims import OWNER_FILE
from forge.store.job_files import read_speech
from forge.workers.run_dir import run_dir
from forge.workers.slots import slots_dir
from forge.workers.speaking import wav
from tests.support.project import ForgeCommand, Project

SPEAK = ("render", "--phase", "speak", "--voice", "silent")

pytestmark = pytest.mark.usefixtures("nothing_left_behind")


def spoken(done: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_speak_phase_keeps_measured_lines(project: Project, forge_cli: ForgeCommand) -> None:
    done = spoken(forge_cli(*SPEAK, "--json", "report.json", cwd=project.folder))
    assert done.stderr == ""
    lines = read_speech(project.folder / ".forge" / "tour").lines
    assert [(line.step, line.text, line.audio_ms) for line in lines] == [
        ("welcome", "Welcome to this small tour.", 1900),
        ("look-around", "Look around.", 1200),
    ]
    for line in lines:
        assert wav.read(Path(line.audio_file or ""))[0].size == line.audio_ms * 48
    for report in ("report.json", "dist/batch.json"):
        (entry,) = json.loads((project.folder / report).read_text())
        assert (entry["job"], entry["status"], entry["attempts"]) == ("tour", "done", 1)
        assert list(entry["phases"]) == ["speak"]
    assert not (project.folder / ".forge" / "tour" / "take.json").exists()


@pytest.mark.parametrize("args", [("-j", "-1"), ("-j",)])
def test_unusable_lane_count_warns_and_runs_serially(
    args: tuple[str, ...], project: Project, forge_cli: ForgeCommand
) -> None:
    project.write_tour("second", "second")
    done = spoken(forge_cli(*SPEAK, *args, cwd=project.folder))
    asked = args[-1].removeprefix("-j=") if args != ("-j",) else "without a number"
    assert f"warning: -j {asked}: not a number of lanes" in done.stderr
    assert "rendering serially" in done.stderr
    assert "lane 0" in done.stdout
    assert "lane 1" not in done.stdout


def test_two_lanes_report_in_job_order(project: Project, forge_cli: ForgeCommand) -> None:
    for name in ("a", "b"):
        project.write_tour(name, f"tour-{name}")
    done = spoken(forge_cli(*SPEAK, "-j2", cwd=project.folder))
    assert "in lane 0" in done.stdout
    assert "in lane 1" in done.stdout
    entries = json.loads((project.folder / "dist" / "batch.json").read_text())
    assert [entry["job"] for entry in entries] == ["tour-a", "tour-b", "tour"]
    assert all(entry["status"] == "done" for entry in entries)


def test_project_may_reuse_our_module_names(project: Project, forge_cli: ForgeCommand) -> None:
    trap = "raise RuntimeError('the project was imported in place of the tool')\n"
    for name in ("forge", "workers", "rich", "selenium", "numpy", "multiprocessing", "wave"):
        project.write(f"{name}.py", trap)
    for name in ("workers", "adapters"):
        project.write(f"{name}/__init__.py", trap)
    project.write(
        "adapters/shop.py",
        "from forge import Adapter\nclass Shop(Adapter):\n    parallel_safe = True\n",
    )
    project.write(
        "forge.toml", 'adapter = "adapters/shop.py:Shop"\ntutorials = ["tutorials/*.py"]\n'
    )
    project.write_tour("second", "second")
    done = spoken(forge_cli(*SPEAK, "-j", "2", cwd=project.folder))
    assert "2 done, 0 failed" in done.stdout


def test_python_m_forge_ignores_the_current_folder(
    project: Project, command_environment: dict[str, str]
) -> None:
    for name in ("rich", "pydantic", "selenium"):
        project.write(f"{name}.py", "raise RuntimeError('the project was imported')\n")
    command = [sys.executable, "-m", "forge", "list"]
    done = subprocess.run(
        command, cwd=project.folder, env=command_environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("sink", ["/dev/full", "a reader that has gone"])
def test_batch_survives_closed_output(
    project: Project, command_environment: dict[str, str], sink: str
) -> None:
    if sink == "/dev/full":
        output = os.open(sink, os.O_WRONLY)
    else:
        gone, output = os.pipe()
        os.close(gone)
    command = [sys.executable, "-P", "-m", "forge", *SPEAK]
    done = subprocess.run(
        command, cwd=project.folder, env=command_environment, stdout=output, stderr=subprocess.PIPE
    )
    os.close(output)
    assert (done.returncode, done.stderr) == (0, b"")
    entries = json.loads((project.folder / "dist" / "batch.json").read_text())
    assert [entry["status"] for entry in entries] == ["done"]


def test_list_shows_jobs_in_order(project: Project, forge_cli: ForgeCommand) -> None:
    project.write("tutorials/tour.es.json", '{"welcome": "Hola."}')
    done = forge_cli("list", "--lang", "es,en,es", cwd=project.folder, env={"COLUMNS": "200"})
    rows = [line.split() for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert rows[0] == ["job", "title", "steps", "file"]
    assert rows[1] == ["tour.es", "A", "small", "tour", "2", "tutorials/tour.py"]
    assert rows[2][0] == "tour.en"
    assert "2 lines are not translated and stay in 'en': @title, look-around" in done.stdout


def test_init_makes_a_working_project(tmp_path: Path, forge_cli: ForgeCommand) -> None:
    made = forge_cli("init", "new/shop", cwd=tmp_path)
    assert made.returncode == 0
    assert f"forge render --project {tmp_path / 'new' / 'shop'}" in made.stdout
    listed = forge_cli("list", cwd=tmp_path / "new" / "shop")
    assert "my-first-tour" in listed.stdout
    spoken(forge_cli(*SPEAK, "--project", "new/shop", cwd=tmp_path))


def test_init_overwrites_nothing(tmp_path: Path, forge_cli: ForgeCommand) -> None:
    (tmp_path / ".gitignore").write_text("mine\n")
    assert forge_cli("init", ".", cwd=tmp_path).returncode == 0
    assert (tmp_path / ".gitignore").read_text() == "mine\n"
    again = forge_cli("init", ".", cwd=tmp_path)
    assert again.returncode == 2
    assert "has a forge.toml already" in again.stderr


def test_clean_keeps_the_speech_cache(
    project: Project, forge_cli: ForgeCommand, nothing_left_behind: Path
) -> None:
    work = project.folder / ".forge"
    spoken(forge_cli(*SPEAK, cwd=project.folder))
    with run_dir() as dead:
        owner = (dead / OWNER_FILE).read_text()
    dead.mkdir(mode=0o700)
    (dead / OWNER_FILE).write_text(owner)
    far = nothing_left_behind / "forge-run-far"
    far.mkdir(mode=0o700)
    abroad = {"folder": far.name, "host": "far-away", "boot": "", "pid": 7}
    (far / OWNER_FILE).write_text(json.dumps(json.loads(owner) | abroad))
    (work / "linked").symlink_to(project.folder / "tutorials")

    done = forge_cli("clean", cwd=project.folder)
    assert done.returncode == 0
    assert f"removed {dead}" in done.stdout
    assert not dead.exists()
    assert f"left alone: {far} (made by process 7 on far-away)" in done.stdout
    shutil.rmtree(far)
    assert {path.name for path in work.iterdir()} == {".lock", "cache"}
    assert (project.folder / "tutorials" / "tour.py").exists()
    assert list((work / "cache" / "speech").iterdir())

    assert forge_cli("clean", "--cache", cwd=project.folder).returncode == 0
    assert [path.name for path in work.iterdir()] == [".lock"]


def test_busy_slot_folder_is_avoided_and_logged(project: Project, forge_cli: ForgeCommand) -> None:
    with slots_dir(project.folder) as other:
        done = spoken(forge_cli(*SPEAK, cwd=project.folder))
        told = f"{other.path} is taken: slot.dir is in {other.path}-2"
        assert told in (project.folder / ".forge/logs/latest/batch.log").read_text()
        assert told in done.stdout
        assert other.path.is_dir()


def test_version_and_help(tmp_path: Path, forge_cli: ForgeCommand) -> None:
    assert forge_cli("--version", cwd=tmp_path).stdout == f"forge {__version__}\n"
    done = forge_cli("--help", cwd=tmp_path)
    assert done.returncode == 0
    for command in ("render", "list", "doctor", "clean", "init"):
        assert command in done.stdout


@pytest.mark.browser
@pytest.mark.voice
def test_doctor_passes_on_this_machine(project: Project, forge_cli: ForgeCommand) -> None:
    done = forge_cli("doctor", cwd=project.folder)
    assert done.returncode == 0, done.stdout
    assert "1 job, adapter NoAdapter (parallel-safe)" in done.stdout


def test_doctor_checks_the_projects_settings(project: Project, forge_cli: ForgeCommand) -> None:
    project.write("forge.toml", 'out_dir = "/proc/nowhere"\nvoice.engine = "pyttsx"\n')
    done = forge_cli("doctor", cwd=project.folder)
    assert done.returncode == 2
    assert "no   voice: voice.engine = 'pyttsx'" in done.stdout
    assert "no   folders: the folder /proc/nowhere cannot be written" in done.stdout


@pytest.mark.browser
@pytest.mark.voice
def test_doctor_works_without_a_project(tmp_path: Path, forge_cli: ForgeCommand) -> None:
    done = forge_cli("doctor", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1] == "ok   project: none here; `forge init DIR` makes one"


def test_doctor_reports_a_missing_driver(project: Project, forge_cli: ForgeCommand) -> None:
    project.write("forge.toml", 'browser.driver = "/nowhere/driver"\n')
    done = forge_cli("doctor", cwd=project.folder)
    assert done.returncode == 2
    assert "no   browser: no chromedriver at /nowhere/driver" in done.stdout
    assert "hint: install them: `apt-get install" in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [(("--help",), 0, "usage:"), (("--version",), 0, __version__), (("nonsense",), 2, "")],
)
def test_a_command_ends_with_its_exit_code_and_all_of_its_text(
    words: tuple[str, ...], code: int, told: str, forge_cli: ForgeCommand, tmp_path: Path
) -> None:
    done = forge_cli(*words, cwd=tmp_path)
    assert (done.returncode, told in done.stdout) == (code, True)
