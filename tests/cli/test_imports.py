"""Imports of a project's own modules, however forge is started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.project import Project

pytestmark = pytest.mark.usefixtures("nothing_left_behind")

SCRIPT = """\
from forge.cli import console
import sys
if __name__ == "__main__":
    sys.exit(console())
"""
TOUR = '''\
from forge import Tutorial
from beside import SAID
from helpers import ADDRESS
from workers.people import NAME

tour = Tutorial("Imports", id="imports")


@tour.step
def look(browser, ctx):
    """Look around."""
    from later import late

    assert (ADDRESS, SAID, NAME, late()) == ("about:blank", "hello", "Ada", "late")
    assert ctx.state == ("near", "Ada", "/")
'''
ADAPTER = """\
from forge import Adapter
from near import near
from workers.people import NAME


class Shop(Adapter):
    parallel_safe = True

    def setup(self, browser, ctx):
        import helpers

        browser.get(helpers.ADDRESS)
        return near(), NAME, ctx.slot.dir.anchor
"""


@pytest.fixture
def shop(empty_project: Project) -> Project:
    """Return a project with modules in its folder, beside its tutorial and beside its adapter."""
    empty_project.write("helpers.py", "ADDRESS = 'about:blank'")
    empty_project.write("later.py", "def late(): return 'late'")
    empty_project.write("workers/people.py", "NAME = 'Ada'")
    empty_project.write("adapters/__init__.py", "")
    empty_project.write("adapters/near.py", "def near(): return 'near'")
    empty_project.write("adapters/shop.py", ADAPTER)
    empty_project.write("tutorials/beside.py", "SAID = 'hello'")
    empty_project.write("tutorials/tour.py", TOUR)
    empty_project.write(
        "forge.toml",
        """\
        adapter = "adapters/shop.py:Shop"
        tutorials = ["tutorials/tour.py"]
        voice.engine = "silent"
        [video]
        width = 640
        height = 360
        """,
    )
    return empty_project


def start(
    how: str, project: Project, elsewhere: Path, environment: dict[str, str], *words: str
) -> subprocess.CompletedProcess[str]:
    """Start forge as the command, or as a module, in the project or in another folder."""
    program, _, place = how.partition(", ")
    script = elsewhere / "bin" / "forge"
    script.parent.mkdir(exist_ok=True)
    script.write_text(SCRIPT)
    command = {
        "forge": [sys.executable, str(script)],
        "python -m forge": [sys.executable, "-m", "forge"],
        "python -P -m forge": [sys.executable, "-P", "-m", "forge"],
    }[program]
    where = ["--project", os.path.relpath(project.folder, elsewhere)] if place else []
    return subprocess.run(
        [*command, *words, *where],
        cwd=elsewhere if place else project.folder,
        env={**environment, "TMPDIR": os.environ["TMPDIR"]},
        capture_output=True,
        text=True,
        timeout=120,
    )


WAYS = [
    f"{program}{place}"
    for program in ("forge", "python -m forge", "python -P -m forge")
    for place in ("", ", elsewhere")
]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Return a current folder with a module of the project's name, which must not be imported."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "helpers.py").write_text("raise RuntimeError('the current folder was imported')\n")
    return folder


@pytest.mark.parametrize("how", WAYS)
def test_list_imports_from_the_project(
    how: str, shop: Project, elsewhere: Path, command_environment: dict[str, str]
) -> None:
    done = start(how, shop, elsewhere, command_environment, "list", "--stale")
    assert (done.returncode, done.stderr) == (0, "")
    assert "imports" in done.stdout


@pytest.mark.browser
def test_commands_and_workers_import_from_the_project(
    shop: Project, elsewhere: Path, command_environment: dict[str, str]
) -> None:
    shop.write("tutorials/second.py", TOUR.replace('"imports"', '"second"'))
    shop.write(
        "forge.toml", (shop.folder / "forge.toml").read_text().replace("tour.py", "[st]*.py")
    )
    commands = [
        ["render", "-j", "2", "--clock", "elastic"],
        ["preview", "look", "--only", "second"],
        ["gif", "--only", "second"],
        ["doctor", "--setup"],
    ]
    for command, how in zip(commands, [*WAYS[1::2], WAYS[0]], strict=True):
        done = start(how, shop, elsewhere, command_environment, *command)
        assert done.returncode == 0, (how, done.stdout, done.stderr)

    for file, part in (("later.py", "steps"), ("adapters/near.py", "adapter")):
        with (shop.folder / file).open("a") as source:
            source.write("\nCHANGED = True\n")
        done = start("forge", shop, elsewhere, command_environment, "list", "--stale")
        assert done.stdout.count(part) == 2, "both jobs: an import in a function counts, too"
