"""The best of the recorded ways to an element, in forge's words where there are some."""

from __future__ import annotations

from typing import Any

import pytest

from forge.recordings.actions import Code, locator
from forge.recordings.chrome_recorder import read_chrome_recording
from forge.recordings.events import Target
from forge.recordings.selenium_ide import read_side_project

LONG = "word " * 20


def chrome(*selectors: Any, kind: str = "click", **more: Any) -> Target:
    step = {"type": kind, "selectors": list(selectors), "value": "x", **more}
    (event,) = read_chrome_recording({"steps": [step]}, "it").events
    assert event.target
    return event.target


def side(command: str, target: str, *others: str, value: str = "x") -> Target:
    commands = [{"command": command, "target": target, "targets": [[o, ""] for o in others]}]
    commands[0]["value"] = value
    said = {"version": "2.0", "tests": [{"name": "t", "commands": commands}]}
    (event,) = read_side_project(said, "it")[0].events
    assert event.target
    return event.target


@pytest.mark.parametrize(
    ("target", "source"),
    [
        (chrome(["#a"], ['aria/Go[role="button"]']), 'button("Go")'),
        (chrome(["aria/Home"], ["nav > a:nth-of-type(1)"]), 'link("Home")'),
        (chrome(["aria/Name"], ["#name"], kind="change"), 'field("Name")'),
        (chrome(["aria/Save"], ["form > button.primary"]), 'button("Save")'),
        (chrome(["aria/Save"], ["#x"], ["text/Save"]), 'text("Save", exact=True)'),
        (chrome(["#x"], ["text/Save all"]), 'text("Save all")'),
        (chrome(['aria/[role="generic"]'], ["#side"]), '(By.ID, "side")'),
        (chrome(["#item-9041"], ["li.on"]), '(By.CSS_SELECTOR, "li.on")'),
        (chrome(["li.on"], ['[data-testid="x"]']), """(By.CSS_SELECTOR, '[data-testid="x"]')"""),
        (chrome(["xpath///*[@id='a']/b"]), """(By.XPATH, "//*[@id='a']/b")"""),
        (chrome('aria/A[role="tab"]'), 'tab("A")'),
        (chrome(['aria/A[role="menuitem"]']), 'menu("A")'),
        (
            chrome([f'aria/{"word " * 20}[role="link"]']),
            f'link("{("word " * 10)[:-1]}", part=True)',
        ),
        (side("click", "linkText=Books", "css=.x"), 'link("Books")'),
        (side("click", "css=.x", "xpath=//button[contains(.,'Go on')]"), 'button("Go on")'),
        (side("type", "id=user", "name=u"), '(By.ID, "user")'),
        (side("click", "//div[2]/span"), '(By.XPATH, "//div[2]/span")'),
        (side("click", "name=q", "xpath=//x"), '(By.NAME, "q")'),
    ],
)
def test_the_best_way_is_taken(target: Target, source: str) -> None:
    assert locator(target, Code("T")) == source


@pytest.mark.parametrize(
    "target",
    [
        chrome(["aria/Password"], ["#x"], kind="change"),
        chrome(["#login_passwd"], kind="change"),
        chrome(["aria/Kennwort"], kind="change"),
        chrome(["input[type=password]"], kind="change"),
        side("type", "name=pwd"),
        side("type", "id=x", "css=#api-secret"),
    ],
)
def test_password_field_is_known_by_any_of_its_ways(target: Target) -> None:
    assert target.secret


def test_frames_windows_and_shadow_hosts_are_kept() -> None:
    target = chrome(["my-app", "my-panel", "#in"], frame=[1, 0])
    assert target.frame == (1, 0)
    assert target.ways[0].hosts == ("my-app", "my-panel")
    assert chrome(["#a"], target="https://other.example/").window
    assert not chrome(["#a"], target="main").window


def test_element_without_a_name_is_called_by_its_id() -> None:
    assert chrome(["#newEvent-form"]).name == "new event form"
    assert chrome(["li.on"]).name == ""
