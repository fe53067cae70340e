"""`forge open`: its prompt in a real browser, with input from a pipe."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.support.project import ROOT, Project
from tests.support.tours import begins_at, page, write_project

pytestmark = pytest.mark.browser
WAIT_S = 60

PAGE = page("<button id=save>Save</button><iframe name=inner srcdoc='<a href=x>Help</a>'></iframe>")
TOUR = f"""{begins_at(PAGE)}
    GREETING = "hello"

    @tour.step
    def look(browser, ctx):
        "Look."
        ctx.on_teardown(lambda: print("torn down"))

    @tour.step
    def press(browser):
        "Press the button."
        browser.find_element(By.ID, "sav").click()
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return write_project(tmp_path_factory.mktemp("opened"), TOUR)


def opened(project: Project, step: str, **env: str) -> subprocess.Popen[str]:
    """Start the command with pipes for its prompt."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "forge", "open", step, "--project", str(project.folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "DISPLAY": "", **env},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_prompt_tries_locators_at_the_step(project: Project) -> None:
    script = 'GREETING, ctx.job\ntry button("save")\ntry link("Help")\nshow()\n'
    process = opened(project, "look")
    said, _ = process.communicate(script, timeout=WAIT_S)
    assert process.returncode == 0, said
    lines = said.splitlines()
    assert "('hello', 'tour')" in lines
    assert ["button#save", "button", "Save", "Save", "yes"] in [line.split() for line in lines]
    assert ["a", "link", "Help", "Help", "yes", 'iframe[name="inner"]'] in [
        line.split() for line in lines
    ]
    picture = project.folder / ".forge" / "open.png"
    assert str(picture) in lines and picture.read_bytes().startswith(b"\x89PNG")
    assert "torn down" in lines


def test_prompt_opens_at_a_step_that_fails(project: Project) -> None:
    process = opened(project, "press")
    said, _ = process.communicate('try (By.ID, "sav")\n', timeout=WAIT_S)
    assert process.returncode == 1
    place = next(line for line in said.splitlines() if "step 'press'" in line)
    assert "tour.py:" in place and "NoSuchElementException" in place
    assert "where it failed" in said
    assert "nothing matches id \"sav\"; no element has the id 'sav'; the nearest: 'save'" in said
    assert "torn down" in said


def test_nothing_is_left_when_the_command_is_killed(project: Project) -> None:
    process = opened(project, "look")
    assert process.stdin and process.stdout
    while "exit()" not in process.stdout.readline():
        pass
    started = psutil.Process(process.pid).children(recursive=True)
    assert any("chrom" in one.name() for one in started)
    process.kill()
    process.communicate(timeout=WAIT_S)
    _, alive = psutil.wait_procs(started, timeout=20)
    assert not [one for one in alive if one.status() != psutil.STATUS_ZOMBIE]


@contextmanager
def screen(folder: Path) -> Iterator[str]:
    """Run a screen without a monitor; yield its name."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1024x768x24"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        try:
            os.close(writing)
            yield f":{os.read(reading, 20).decode().strip()}"
        finally:
            os.close(reading)
            server.terminate()


@pytest.mark.skipif(not shutil.which("Xvfb"), reason="there is no Xvfb")
def test_browser_has_a_window_where_there_is_a_screen(project: Project, tmp_path: Path) -> None:
    script = 'browser.execute_script("return [outerHeight > innerHeight, innerWidth]")\n'
    with screen(tmp_path) as display:
        process = opened(project, "look", DISPLAY=display)
        said, _ = process.communicate(script, timeout=WAIT_S)
    assert process.returncode == 0, said
    assert "[True, 640]" in said
    assert "no screen" not in said
