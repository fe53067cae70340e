"""`forge record`: a person clicks in a window, and the module that comes of it renders."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.support.person import Person, screen, until
from tests.support.project import ForgeCommand, Project
from tests.support.tours import SMALL

pytestmark = pytest.mark.browser

PAGES = {
    "/": """<title>Lumen Events</title><a href=/new>New event</a> <button>Twin</button>
        <button id=twin onclick="said.textContent = confirm('Sure?')">Twin</button><p id=said></p>
        <iframe src=/frame></iframe><div id=host></div><script>
        host.attachShadow({mode: 'open'}).innerHTML = '<button>Inside</button>'</script>""",
    "/frame": "<button onclick='this.textContent += 1'>Framed</button>",
    "/new": """<title>New event</title><form action=/made><label>Name <input name=name></label>
        <label for=word>Password</label><input id=word type=password>
        <label>Kind <select name=kind><option>Talk<option>Workshop</select></label>
        <label><input type=checkbox name=open> Public</label>
        <label>Notes <textarea name=notes></textarea></label><button>Create event</button>
        </form>""",
    "/made": """<title>Made</title><p id=done>It is made.</p><input aria-label=Search
        onkeydown="if (event.key === 'Enter') done.textContent = value">""",
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

        def do_GET(self) -> None:
            body = PAGES.get(self.path.partition("?")[0], "")
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<!doctype html>{body}".encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def recorded(
    url: str, command_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Project:
    """Record a visit; the project's `output` is what the command said."""
    project = Project(tmp_path_factory.mktemp("recorded"))
    project.write("forge.toml", SMALL.replace("elastic", "virtual"))
    browser = Path(tempfile.mkdtemp(prefix="forge-test-"))  # short, for the browser's sockets
    command = [sys.executable, "-P", "-m", "forge", "record", url, "--project"]
    command.append(str(project.folder))
    with screen() as display:
        env = {**command_environment, "DISPLAY": display, "TMPDIR": str(browser)}
        going = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
        try:
            assert going.stdout
            visit(Person(browser), project.folder / "tutorials" / "recording.py")
            project.output = going.communicate(timeout=30)[0]
            project.code = going.returncode
        finally:
            going.terminate()
            going.communicate(timeout=30)
    browser.rmdir()  # it is empty: profile and downloads are gone
    return project


def visit(person: Person, module: Path) -> None:
    """Do a person's errand; the module is on the disk before it is over."""

    def by(css: str) -> str:
        return f"document.querySelector('{css}')"

    person.click("host.shadowRoot.querySelector('button')")
    person.click("frames[0].document.querySelector('button')", frame=by("iframe"))
    person.click(by("a"))
    person.until("location.pathname === '/new'")
    person.click(by("[name=name]"))
    person.type("Reading circle")
    person.press("Tab")
    person.type("hunter2")
    person.click(by("[name=open]"))
    until(lambda: module.exists() and "Public" in module.read_text(), "the module so far")
    person.click(by("textarea"))
    person.type("one (two)")
    person.click(by("form button"))
    person.until("location.pathname === '/made'")
    person.click(by("input"))
    person.type("tide")
    person.press("Enter")
    until(lambda: "Keys.ENTER" in module.read_text(), "the last event")
    person.close_window()


def test_visit_is_steps_in_the_words_of_the_page(recorded: Project) -> None:
    assert recorded.code == 0, recorded.output
    text = (recorded.folder / "tutorials" / "recording.py").read_text()
    names = [one.name for one in ast.parse(text).body if isinstance(one, ast.FunctionDef)]
    assert names == [
        *("start", "look", "click_inside", "click_framed", "click_new_event"),
        *("fill_in_name_password_public_and_notes", "click_create_event"),
        "enter_tide_in_search_and_then_press",
    ]
    assert 'type_into(browser, field("Name"), "Reading circle", replace=True)' in text
    assert "hunter2" not in text
    assert 'os.environ["RECORDING_PASSWORD"]' in text


def chrome_recording(url: str) -> dict[str, Any]:
    """Return the same visit as Chrome's Recorder exports it: 20 events."""

    def on(kind: str, *selectors: str, **more: Any) -> dict[str, Any]:
        return {"type": kind, "target": "main", "selectors": [[one] for one in selectors], **more}

    def key(name: str) -> list[dict[str, Any]]:
        return [{"type": kind, "target": "main", "key": name} for kind in ("keyDown", "keyUp")]

    name = ("aria/Name", "[name=name]")
    steps = [
        {"type": "setViewport", "width": 640, "height": 400},
        {"type": "navigate", "url": url, "assertedEvents": [{"type": "navigation", "title": "L"}]},
        on("click", 'aria/Inside[role="button"]', "#host"),
        on("click", "button", frame=[0]),
        on("click", "aria/New event", "body > a", "text/New event"),
        *(on("click", *name), on("change", *name, value="Reading")),
        *key("Tab"),
        on("change", "aria/Kind", "select", value="Workshop"),
        *(
            on("click", "aria/Public", "input:nth-of-type(2)"),
            on("change", "aria/Notes", value="one (two)"),
        ),
        {"type": "scroll", "x": 0, "y": 90},
        on("click", "aria/Create event", "form > button"),
        on("waitForElement", "#done"),
        *(on("click", "aria/Search", "input"), on("change", "aria/Search", "input", value="tide")),
        *key("Enter"),
        {"type": "waitForExpression", "expression": "done.textContent === 'tide'"},
    ]
    return {"title": "The visit", "steps": steps}


def test_twenty_events_of_chrome_are_few_steps_that_render_unedited(
    url: str, tmp_path: Path, forge_cli: ForgeCommand
) -> None:
    project = Project(tmp_path / "project")
    project.write("forge.toml", SMALL.replace("elastic", "virtual"))
    said = chrome_recording(url)
    assert len(said["steps"]) == 20
    project.write("visit.json", json.dumps(said))
    done = forge_cli("import", "visit.json", cwd=project.folder)
    assert done.returncode == 0, done.stderr
    project.rendered("--phase", "record")
    steps = [step.id for step in project.take("the-visit").steps]
    assert len(steps) <= 10
    assert "fill-in-name-kind-public-and-notes" in steps


def test_recorded_module_renders_unedited(recorded: Project) -> None:
    recorded.rendered("--phase", "record", RECORDING_PASSWORD="hunter2")
    assert len(recorded.take("recording").steps) == 7
