"""Bad input of every kind: a clear message, exit code 2, and no browser is started."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from forge.cli import console
from tests.support.project import MARKED_TOUR, TOUR, ForgeCommand, Project

STEP = '@tour.step\ndef go(browser):\n    """Go."""\n'
ADAPTER = "from forge import Adapter\n\nclass Shop(Adapter):\n    pass\n"


@dataclass(frozen=True)
class Bad:
    """One kind of bad input (files, arguments, settings) and what the message must say."""

    says: tuple[str, ...]
    files: dict[str, str] = field(default_factory=dict)
    args: tuple[str, ...] = ()
    settings: str = ""
    without: str = ""


CASES = {
    "no project file": Bad(("no project file in", "forge.toml", "--project"), without="forge.toml"),
    "a project that is no folder": Bad(("nowhere is not a folder",), args=("--project", "nowhere")),
    "unknown key": Bad(
        ("forge.toml:1: unknown key 'jbos'", "did you mean 'jobs'?"), settings="jbos = 2\n"
    ),
    "unknown key in a table": Bad(
        ("unknown key 'video.clok'", "did you mean 'clock'?"), settings='video.clok = "real"\n'
    ),
    "jobs = 0": Bad(("forge.toml:1: jobs = 0",), settings="jobs = 0\n"),
    "settings that are no TOML": Bad(("forge.toml: not TOML",), settings="jobs = \n"),
    "videos in the work dirs": Bad(
        ("forge.toml:1: out_dir = '.forge/tour'", "`forge clean` empties"),
        settings='out_dir = ".forge/tour"\n',
    ),
    "videos in the work dirs, by flag": Bad(
        ("command line: out_dir = ", "`forge clean` empties"),
        args=("--out-dir", "dist/../.forge"),
    ),
    "videos in a folder that holds the project": Bad(
        ("forge.toml:1: out_dir = '..'", "the project itself is in it"), settings='out_dir = ".."\n'
    ),
    "videos among the tutorials": Bad(
        ("out_dir", "holds a tutorial", "tour.py", "dist"), settings='out_dir = "tutorials"\n'
    ),
    "a colour by its name": Bad(
        ("forge.toml:1: style.accent = 'blue'", "#2f6feb"), settings='style.accent = "blue"\n'
    ),
    "a zoom that makes smaller": Bad(
        ("style.zoom_factor = 0.5", "greater than 1"), settings="style.zoom_factor = 0.5\n"
    ),
    "typing backwards": Bad(("hand.typing = -1",), settings="hand.typing = -1\n"),
    "a cursor image that is not there": Bad(
        ("style.cursor_image:", "mine.png cannot be used", "PNG"),
        settings='style.cursor_image = "mine.png"\n',
    ),
    "a cursor image that is none": Bad(
        ("style.cursor_image:", "mine.png cannot be used", "PNG"),
        files={"mine.png": "no picture"},
        settings='style.cursor_image = "mine.png"\n',
    ),
    "no tutorial matched": Bad(
        ("no tutorial matched tutorials/*.py", "Tutorial("), without="tutorials/tour.py"
    ),
    "a path that is not there": Bad(("there is no file", "nowhere.py"), args=("nowhere.py",)),
    "an unknown id": Bad(
        ("no tutorial matched --only tuor", "did you mean 'tour'?"), args=("--only", "tuor")
    ),
    "two tutorials with one id": Bad(
        ("two tutorials have the id 'tour'", "again.py:3", "tour.py:3"),
        files={"tutorials/again.py": TOUR},
    ),
    "a bad id": Bad(
        ("tour.py:2: bad tutorial id 'A b'", "a-z, 0-9"),
        files={"tutorials/tour.py": 'from forge import Tutorial\ntour = Tutorial("x", id="A b")\n'},
    ),
    "an empty tutorial": Bad(
        ("tour.py:2: tutorial 'x' is empty", "@tour.step"),
        files={"tutorials/tour.py": 'from forge import Tutorial\ntour = Tutorial("x")\n'},
    ),
    "a lone surrogate": Bad(
        ("tour.py:3: tutorial 'tour' has a lone surrogate", "U+DCFF), after 'A '"),
        files={"tutorials/tour.py": TOUR.replace('"A small tour"', '"A \\udcff tour"')},
    ),
    "negative limits": Bad(("forge.toml:1: limits.job_s = -1",), settings="limits.job_s = -1\n"),
    "a step without narration": Bad(
        ("tour.py:3: step 'go' has no narration", "docstring"),
        files={
            "tutorials/tour.py": 'from forge import Tutorial\ntour = Tutorial("x")\n'
            "@tour.step\ndef go(browser): ...\n"
        },
    ),
    "two steps with one id": Bad(
        ("tour.py:6: two steps with the id 'go'", "the first is at line 3"),
        files={
            "tutorials/tour.py": f'from forge import Tutorial\ntour = Tutorial("x")\n{STEP}{STEP}'
        },
    ),
    "a syntax error": Bad(
        ("tour.py:2: syntax error", "the line reads: if x"),
        files={"tutorials/tour.py": "x = 1\nif x\n"},
    ),
    "a tutorial that raises": Bad(
        ("tour.py:2: ZeroDivisionError: division by zero",),
        files={"tutorials/tour.py": "x = 0\n1 / x\n"},
    ),
    "an adapter file that does not exist": Bad(
        ("adapters/shop.py:Shop", "there is no file", "write adapter ="),
        settings='adapter = "adapters/shop.py:Shop"\n',
    ),
    "an adapter that is none": Bad(
        ("Shop is not an Adapter", "class Shop(Adapter)"),
        settings='adapter = "adapters/shop.py:Shop"\n',
        files={"adapters/shop.py": "class Shop: ...\n"},
    ),
    "an adapter that is not parallel-safe": Bad(
        ("is not parallel-safe, and 2 lanes", "parallel_safe = True"),
        settings='adapter = "adapters/shop.py:Shop"\n',
        files={"adapters/shop.py": ADAPTER},
        args=("-j", "2"),
    ),
    "a language without a side file": Bad(
        ("no translation for language 'fr'", "tour.fr.json is missing"), args=("--lang", "en,fr")
    ),
    "a side file that is not JSON": Bad(
        ("tour.es.json:1: not JSON",),
        args=("--lang", "es"),
        files={"tutorials/tour.es.json": "{welcome: 3}"},
    ),
    "a side file that names an unknown step": Bad(
        ("tour.es.json: unknown step 'welcom'", "did you mean 'welcome'?"),
        args=("--lang", "es"),
        files={"tutorials/tour.es.json": json.dumps({"welcom": "Hola."})},
    ),
    "a misspelt mark": Bad(
        ("tour.py:6: step 'welcome': the mark {hear} is wrong", "write {here}, or {{hear}}"),
        files={"tutorials/tour.py": TOUR.replace("to this", "to {hear} this")},
    ),
    "a mark in a title": Bad(
        ("tour.py:3: tutorial 'tour': title: the mark {here} is misplaced", "narration of a step"),
        files={"tutorials/tour.py": TOUR.replace("A small tour", "A {here} small tour")},
    ),
    "more marks than actions": Bad(
        ("tour.py:6: step 'welcome' has one mark {here}, and its function does nothing",),
        files={"tutorials/tour.py": TOUR.replace("to this", "to {here} this")},
    ),
    "a side file without the marks of its source": Bad(
        (
            "tour.es.json: 'welcome' has the mark {here} not at all, its source once",
            "to {here} this",
        ),
        args=("--lang", "es"),
        files={
            "tutorials/tour.py": MARKED_TOUR,
            "tutorials/tour.es.json": json.dumps({"welcome": "Hola."}),
        },
    ),
    "a mark in a translated title": Bad(
        ("tour.es.json: '@title': the mark {pause",),
        args=("--lang", "es"),
        files={"tutorials/tour.es.json": json.dumps({"@title": "La {pause 2} visita"})},
    ),
    "a side file with an @of that is none": Bad(
        ("tour.es.json: '@of' must be an object", "forge translate --accept"),
        args=("--lang", "es"),
        files={"tutorials/tour.es.json": json.dumps({"welcome": "Hola.", "@of": "welcome"})},
    ),
    "a side file with an @of for an unknown step": Bad(
        ("tour.es.json: '@of': unknown step 'welcom'", "did you mean 'welcome'?"),
        args=("--lang", "es"),
        files={"tutorials/tour.es.json": json.dumps({"@of": {"welcom": "0123456789ab"}})},
    ),
    "an unknown engine": Bad(
        ("'festival': there is no such voice engine", "silent"), args=("--voice", "festival")
    ),
    "an engine without its key": Bad(
        ("'openai' needs an API key", "OPENAI_API_KEY, which is not set"),
        args=("--voice", "openai"),
    ),
    "music that is not there": Bad(
        ("sound.music = ", "nowhere.mp3': No such file"), settings='sound.music = "nowhere.mp3"\n'
    ),
    "music that is none": Bad(
        ("sound.music = ", "tour.py': Invalid data", "name a sound file"),
        settings='sound.music = "tutorials/tour.py"\n',
    ),
    "a loudness that hurts": Bad(("sound.loudness = 0",), settings="sound.loudness = 0\n"),
    "no Chromium": Bad(
        ("no Chromium at /nowhere/chrome", "apt-get install"),
        settings='browser.binary = "/nowhere/chrome"\n',
    ),
    "no chromedriver": Bad(
        ("no chromedriver at /nowhere/driver", "apt-get install"),
        settings='browser.driver = "/nowhere/driver"\n',
    ),
    "an output folder that is a file": Bad(
        ("taken cannot be written", "--out-dir"),
        args=("--out-dir", "taken"),
        files={"taken": "mine"},
    ),
    "a report that is a device": Bad(
        ("/dev/full: is there, and no regular file",), args=("--json", "/dev/full")
    ),
    "a report that is a folder": Bad(
        ("tutorials: is there, and no regular file",), args=("--json", "tutorials")
    ),
    "an unknown colour": Bad(
        ("unknown key 'style.backgroud'", "did you mean 'background'?"),
        settings='style.backgroud = "#ffffff"\n',
    ),
    "captions of an unknown kind": Bad(
        ("style.captions = 'burnt'", "'files' or 'burn'"), args=("--captions", "burnt")
    ),
    "a logo that is not there": Bad(
        ("style.logo = 'logo.png': there is no file", "project/logo.png"),
        settings='style.logo = "logo.png"\n',
    ),
    "a logo that is no picture": Bad(
        ("style.logo = 'logo.svg'", "not a readable image", "PNG"),
        settings='style.logo = "logo.svg"\n',
        files={"logo.svg": "<svg/>"},
    ),
    "a font that is none": Bad(
        ("style.font = 'forge.toml'", "not a readable font", ".ttf"),
        settings='style.font = "forge.toml"\n',
    ),
    "an unknown option": Bad(("unrecognized arguments: --fast", "--help"), args=("--fast",)),
    "an unknown phase": Bad(("invalid choice: 'sing'",), args=("--phase", "sing")),
    "a shard that is none": Bad(("no shard 3 of 2", "1/2 to 2/2"), args=("--shard", "3/2")),
    "hosts that are none": Bad(
        ("--hosts ana:0: 'ana:0' is no host", "--hosts ana:4,user@ben:2"), args=("--hosts", "ana:0")
    ),
    "a host named twice": Bad(
        ("ana is named twice", "with all its lanes: ana:8"), args=("--hosts", "ana,me@ana:2")
    ),
    "a cluster without a key": Bad(
        ("is not encrypted", "--key forge.pem", "--insecure"),
        args=("--cluster", "tcp://10.0.0.1:8786"),
    ),
    "hosts that get a shard": Bad(
        ("--shard divides the jobs by hand",), args=("--hosts", "ana", "--shard", "1/2")
    ),
    "composing what was never recorded": Bad(
        ("has no usable take", "--phase speak"), args=("--phase", "compose")
    ),
}

TRACE = "Traceback (most recent call last)"


@pytest.fixture
def forge_cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ForgeCommand:
    """Return the command run in this process: a new one takes ten times as long."""

    def run(
        *args: str, cwd: Path, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        monkeypatch.chdir(cwd)
        for name, value in (env or {}).items():
            monkeypatch.setenv(name, value)
        capsys.readouterr()
        code = console(args)
        return subprocess.CompletedProcess(args, code, *capsys.readouterr())

    return run


@pytest.fixture
def watched(project: Project) -> Project:
    """Return the valid project; its browser and driver are scripts that note when they run."""
    for name in ("chrome", "driver"):
        program = project.write(f"bin/{name}", f"#!/bin/sh\ntouch {project.folder}/{name}-ran\n")
        program.chmod(0o755)
    return project


def rendered(
    project: Project, bad: Bad, forge_cli: ForgeCommand, command: str = "render"
) -> subprocess.CompletedProcess[str]:
    toml = bad.settings + "".join(
        f'browser.{key} = "{project.folder}/bin/{name}"\n'
        for key, name in (("binary", "chrome"), ("driver", "driver"))
        if f"browser.{key}" not in bad.settings
    )
    project.write("forge.toml", f'{toml}voice.engine = "silent"\n')
    for name, text in bad.files.items():
        project.write(name, text)
    if bad.without:
        (project.folder / bad.without).unlink()
    return forge_cli(command, *bad.args, cwd=project.folder)


@pytest.mark.parametrize("bad", CASES.values(), ids=list(CASES))
def test_bad_input_stops_before_the_browser(
    bad: Bad, watched: Project, forge_cli: ForgeCommand
) -> None:
    done = rendered(watched, bad, forge_cli)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert TRACE not in done.stderr
    for part in bad.says:
        assert part in done.stderr
    assert not list(watched.folder.glob("*-ran"))


MARKS = [name for name in CASES if "mark" in name]


@pytest.mark.parametrize("bad", [CASES[name] for name in MARKS], ids=MARKS)
def test_list_refuses_wrong_marks_too(bad: Bad, watched: Project, forge_cli: ForgeCommand) -> None:
    done = rendered(watched, bad, forge_cli, command="list")
    assert (done.returncode, done.stdout) == (2, "")
    for part in bad.says:
        assert part in done.stderr


def test_good_input_starts_the_browser(watched: Project, forge_cli: ForgeCommand) -> None:
    """Valid input runs the fake driver, which shows that the tests above can fail."""
    done = rendered(watched, Bad(()), forge_cli)
    assert done.returncode == 1
    assert (watched.folder / "driver-ran").exists()
    assert "chromedriver did not start" in done.stdout
    assert TRACE not in done.stdout + done.stderr


@pytest.mark.voice
def test_unknown_voice_suggests_the_nearest(watched: Project, forge_cli: ForgeCommand) -> None:
    bad = Bad((), settings='voice.name = "roa/ess"\n', args=("--voice", "pyttsx3"))
    done = rendered(watched, bad, forge_cli)
    assert (done.returncode, done.stdout) == (2, "")
    assert "unknown voice 'roa/ess'" in done.stderr
    assert "did you mean 'roa/es" in done.stderr
    assert not list(watched.folder.glob("*-ran"))


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ((), "required: COMMAND"),
        (("bake",), "invalid choice: 'bake'"),
        (("init",), "required: DIR"),
        (("merge", "out"), "required: DIR"),
        (("merge", "out", "nowhere"), "there is no"),
    ],
)
def test_wrong_command_is_explained(
    args: tuple[str, ...], says: str, tmp_path: Path, forge_cli: ForgeCommand
) -> None:
    done = forge_cli(*args, cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert TRACE not in done.stderr


@pytest.mark.parametrize("command", ["list", "clean"])
def test_missing_project_file_is_explained(
    command: str, tmp_path: Path, forge_cli: ForgeCommand
) -> None:
    done = forge_cli(command, cwd=tmp_path)
    assert done.returncode == 2
    assert "no project file in" in done.stderr
    assert TRACE not in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("FORGE_VOICE", "silent"), ("FORGE_VOICE__RAET", "1"), ("FORGE_JOBS", "two")],
)
def test_wrong_environment_variable_is_explained(
    name: str, value: str, project: Project, forge_cli: ForgeCommand
) -> None:
    done = forge_cli("list", cwd=project.folder, env={name: value})
    assert done.returncode == 2
    assert f"environment variable {name}" in done.stderr
    assert TRACE not in done.stderr


GIF = ("gif", "--only", "tour")


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("gif",), ("tour was not rendered yet", "forge render")),
        ((*GIF, "--width", "1"), ("--width 1: not a number from 100 to 3840",)),
        ((*GIF, "--fps", "many"), ("--fps many: not a number from 1 to 50",)),
        (("preview", "welcom"), ("no tutorial has a step 'welcom'", "did you mean 'welcome'?")),
        (("preview", "welcome", "--only", "tuor"), ("no tutorial matched --only tuor",)),
        (("open", "welcom"), ("no tutorial has a step 'welcom'", "did you mean 'welcome'?")),
        (("watch", "welcom"), ("no tutorial has a step 'welcom'", "did you mean 'welcome'?")),
        (("watch", "--port", "web"), ("--port web: not a number from 1 to 65535",)),
    ],
)
def test_impossible_step_gif_or_port_is_explained(
    args: tuple[str, ...], says: tuple[str, ...], watched: Project, forge_cli: ForgeCommand
) -> None:
    done = forge_cli(*args, cwd=watched.folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert TRACE not in done.stderr
    for part in says:
        assert part in done.stderr
    assert not list(watched.folder.glob("*-ran"))


def test_ambiguous_step_lists_its_tutorials(watched: Project, forge_cli: ForgeCommand) -> None:
    watched.write_tour("again", "again")
    done = forge_cli("preview", "welcome", cwd=watched.folder)
    assert done.returncode == 2
    assert "several tutorials have a step 'welcome': again, tour" in done.stderr
    assert "--only" in done.stderr
