"""What the prompt offers, and what its functions print."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rich.console import Console
from selenium.common.exceptions import InvalidSelectorException

import forge
from forge.locators import Locator, button, wording
from forge.tutorial import Tutorial
from forge.workers.prompt.names import Tools, names_of
from forge.workers.prompt.outlines import OUTLINE
from forge.workers.recording.browser.chrome import WatchedChrome


class FakeBrowser:
    """A browser on a page with `found`, by the words of a locator; it notes what is outlined."""

    def __init__(self) -> None:
        self.found: dict[str, list[dict[str, Any]]] = {}
        self.near = ""
        self.outlined: list[object] = []

    def described(self, locator: Locator) -> list[dict[str, Any]]:
        return self.found.get(wording(locator), [])

    def find_elements(self, by: str, value: str) -> list[Any]:
        return [one["where"] for one in self.described((by, value))]

    def nearest(self, locator: Locator) -> str:
        return self.near

    def execute_script(self, script: str, element: object, wanted: bool = True) -> None:
        if script == OUTLINE:
            (self.outlined.append if wanted else self.outlined.remove)(element)

    def get_screenshot_as_png(self) -> bytes:
        return b"PNG"


def described(where: str, **other: Any) -> dict[str, Any]:
    """Return the description of a visible button."""
    usual = {"role": "button", "name": "Save", "text": "Save", "hidden": ""}
    return {"where": where, "frames": [], "hosts": [], **usual, **other}


class Desk:
    """A page, the functions of a prompt in it, and what they print."""

    def __init__(self, folder: Path) -> None:
        self.browser, self.folder, self._file = FakeBrowser(), folder, io.StringIO()
        console = Console(file=self._file, width=120)
        self.tools = Tools(cast(WatchedChrome, self.browser), console, folder / "open.png")

    @property
    def said(self) -> str:
        return self._file.getvalue()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_try_outlines_and_lists_what_matches(desk: Desk) -> None:
    desk.browser.found['button "Save"'] = [described("button#save", name="[b]Save[/b]")]
    desk.tools.try_(button("Save"))
    first, head, row = desk.said.splitlines()
    assert first == '1 match of button "Save"'
    assert head.split() == ["element", "role", "name", "text", "visible"]
    assert row.split() == ["button#save", "button", "[b]Save[/b]", "Save", "yes"]
    assert desk.browser.outlined == ["button#save"]


def test_try_says_where_matches_are_and_why_not_visible(desk: Desk) -> None:
    inner = described("a.help", frames=["iframe#inner"], hosts=["x-menu"], hidden="display: none")
    desk.browser.found['id "save"'] = [described("button#save"), inner]
    desk.tools.try_(("id", "save"))
    assert "2 matches of" in desk.said
    assert "no: display: none" in desk.said and "iframe#inner > x-menu" in desk.said


def test_outlines_of_the_last_try_are_taken_away(desk: Desk) -> None:
    desk.browser.found['id "a"'] = [described("a"), described("b")]
    desk.browser.found['id "c"'] = [described("c")]
    desk.tools.try_(("id", "a"))
    desk.tools.try_(("id", "c"))
    assert desk.browser.outlined == ["c"]


def test_try_names_the_nearest_if_nothing_matches(desk: Desk) -> None:
    desk.browser.near = 'the nearest: button "Save" at button#save'
    desk.tools.try_(button("Safe"))
    assert desk.said == (
        'nothing matches button "Safe"; the nearest: button "Save" at button#save\n'
    )


def test_try_says_that_nothing_is_alike(desk: Desk) -> None:
    desk.tools.try_(("id", "safe"))
    assert "and nothing" not in desk.said and "; nothing on the page is like it" in desk.said


@pytest.mark.parametrize("wrong", ["save", ("id",), None, ("ID", "save"), ("id", "")])
def test_try_explains_what_a_locator_is(desk: Desk, wrong: Any) -> None:
    desk.tools.try_(wrong)
    assert desk.said.startswith('a locator is button("Save")')


def test_wrong_selector_is_told_without_traceback(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(locator: Locator) -> None:
        raise InvalidSelectorException("invalid selector\n  (Session info: chrome=1)")

    monkeypatch.setattr(desk.browser, "described", wrong)
    desk.tools.try_(("css selector", "[["))
    assert desk.said == 'css selector "[[": invalid selector\n'


def test_show_writes_the_picture_and_prints_its_path(desk: Desk) -> None:
    desk.tools.show()
    desk.tools.show(desk.folder / "other.png")
    assert (desk.folder / "open.png").read_bytes() == b"PNG"
    assert desk.said.splitlines() == [f"{desk.folder}/open.png", f"{desk.folder}/other.png"]


def test_names_are_those_of_forge_and_of_the_tutorial(desk: Desk) -> None:
    tutorial = Tutorial("Tour")
    tutorial.step(step_of_the_tutorial)
    session: Any = SimpleNamespace(browser=desk.browser, context="a context")
    names = names_of(session, tutorial, desk.tools)
    assert names["browser"] is desk.browser and names["ctx"] == "a context"
    assert names["By"] is forge.By and names["button"] is button and names["Desk"] is Desk
    assert not [name for name in names if name.startswith("__")]


def step_of_the_tutorial(browser: Any) -> None:
    """Look."""
