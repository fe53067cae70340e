"""Imported recordings render as they are, in a project whose `[app]` serves the pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from forge import cli
from tests.support.project import Project

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.usefixtures("nothing_left_behind")]

SETTINGS = """
    tutorials = ["tutorials/*.py"]
    voice.engine = "silent"
    [video]
    clock = "elastic"
    width = 640
    height = 360
    [app]
    static = "site"
"""

NOTES = """
    <!doctype html><title>Notes</title>
    <form>
      <label for="note">New note</label> <input id="note" name="note">
      <label for="kind">Kind</label>
      <select id="kind"><option>Shopping</option><option>Work</option></select>
      <button id="add">Add</button>
    </form>
    <ul></ul>
    <a href="more.html">More</a>
    <script>
      document.querySelector("form").onsubmit = (event) => {
        event.preventDefault();
        const item = document.createElement("li");
        item.textContent = `${kind.value}: ${note.value}`;
        document.querySelector("ul").append(item);
        note.value = "";
      };
    </script>
"""
MORE = """
    <!doctype html><title>More</title>
    <h1>More notes</h1>
    <iframe srcdoc="<button id=inner onclick=&quot;this.textContent='Done'&quot;>Inner</button>">
    </iframe>
"""


def command(name: str, target: str, value: str = "", *targets: str) -> dict[str, Any]:
    ways = [[way, way.partition("=")[0]] for way in targets]
    return {"command": name, "target": target, "value": value, "targets": ways, "comment": ""}


SIDE = {
    "version": "2.0",
    "name": "Notes",
    "url": "http://localhost:8000",
    "tests": [
        {
            "name": "Keep a note",
            "commands": [
                command("open", "/"),
                command("setWindowSize", "640x360"),
                command("click", "id=note"),
                command("type", "id=note", "Tea", "id=note", "name=note"),
                command("select", "id=kind", "label=Work"),
                command("click", "id=add", "", "id=add", "xpath=//button[contains(.,'Add')]"),
                command("waitForText", "css=ul", "Work: Tea"),
                command("sendKeys", "id=note", "Milk${KEY_ENTER}"),
                command("click", "linkText=More", "", "linkText=More"),
                command("selectFrame", "index=0"),
                command("click", "id=inner"),
                command("waitForText", "id=inner", "Done"),
                command("selectFrame", "relative=top"),
                command("open", "/more.html"),
                command("waitForElementVisible", "css=h1"),
                command("close", ""),
            ],
        }
    ],
}


def chrome(kind: str, name: str, css: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "target": "main", "selectors": [[f"aria/{name}"], [css]], **more}


def enter() -> list[dict[str, Any]]:
    return [{"type": kind, "target": "main", "key": "Enter"} for kind in ("keyDown", "keyUp")]


def typed(text: str) -> list[dict[str, Any]]:
    return [chrome(*FIELD, offsetX=5, offsetY=5), chrome("change", *FIELD[1:], value=text)]


FIELD = ("click", "New note", "#note")
CHROME = {
    "title": "Write notes",
    "steps": [
        {"type": "setViewport", "width": 640, "height": 360, "isMobile": False},
        {"type": "navigate", "url": "http://localhost:8000/index.html"},
        *typed("Milk"),
        chrome("click", "Add", "button"),
        *typed("Eggs"),
        *enter(),
        *typed("Ham"),
        *enter(),
        {"type": "waitForElement", "selectors": [["li"]], "count": 3, "operator": ">="},
        chrome("hover", "Add", "button"),
        *typed("Jam"),
        *enter(),
        chrome("click", 'More[role="link"]', "a", assertedEvents=[{"type": "navigation"}]),
    ],
}


@pytest.fixture
def project(empty_project: Project) -> Project:
    empty_project.write("forge.toml", SETTINGS)
    empty_project.write("site/index.html", NOTES)
    empty_project.write("site/more.html", MORE)
    empty_project.write("notes.side", json.dumps(SIDE))
    empty_project.write("visit.json", json.dumps(CHROME))
    return empty_project


def test_recordings_of_both_kinds_render_as_they_are(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("notes.side", "visit.json"):
        words = ["import", str(project.folder / name), "--project", str(project.folder)]
        assert cli.console(words) == 0, capsys.readouterr().err
    assert len(CHROME["steps"]) >= 20
    project.rendered()
    assert [job["status"] for job in project.batch()] == ["done", "done"]
    made = (project.folder / "tutorials" / "write_notes.py").read_text()
    assert made.count("@tour.step") <= 10
    assert "at_least=3" in made
    for path in Path(project.folder, "tutorials").glob("*.py"):
        assert "localhost" not in path.read_text()
