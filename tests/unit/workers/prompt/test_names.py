"""What the prompt offers, and what its functions print."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console
from selenium.common.exceptions import InvalidSelectorException

import forge
from forge.tutorial import Tutorial
from forge.workers.prompt.matches import CANDIDATES
from forge.workers.prompt.names import Tools, names_of
from tests.support.fake_page import FakeElement, FakePage


class Desk:
    """A page, the functions of a prompt in it, and what they print."""

    def __init__(self, folder: Path) -> None:
        self.page, self.folder, self._file = FakePage("top"), folder, io.StringIO()
        console = Console(file=self._file, width=120)
        self.tools = Tools(self.page.browser, console, folder / "open.png")

    @property
    def said(self) -> str:
        return self._file.getvalue()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_try_lists_what_matches(desk: Desk) -> None:
    desk.page.has("save", FakeElement("button", ident="save", role="button", name="[b]Save[/b]"))
    desk.tools.try_(("id", "save"))
    first, head, row = desk.said.splitlines()
    assert first == "1 match of ('id', 'save')"
    assert head.split() == ["tag", "id", "role", "name", "text", "visible"]
    assert row.split() == ["button", "save", "button", "[b]Save[/b]", "yes"]


def test_try_lists_the_nearest_if_nothing_matches(desk: Desk) -> None:
    desk.page.answers[CANDIDATES] = [(FakeElement("a", ident="save"), ["save"])]
    desk.tools.try_(("id", "safe"))
    assert "nothing matches ('id', 'safe'); the nearest elements:" in desk.said
    assert "save" in desk.said


def test_try_says_that_nothing_is_alike(desk: Desk) -> None:
    desk.tools.try_(("id", "safe"))
    assert "and nothing on the page is like it" in desk.said


@pytest.mark.parametrize("wrong", ["save", ("id",), None])
def test_try_explains_what_a_locator_is(desk: Desk, wrong: Any) -> None:
    desk.tools.try_(wrong)
    assert desk.said == 'a locator is a pair: try (By.ID, "save")\n'


def test_wrong_selector_is_told_without_traceback(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find_elements(by: str, value: str) -> None:
        raise InvalidSelectorException("invalid selector\n  (Session info: chrome=1)")

    monkeypatch.setattr(desk.page.browser, "find_elements", find_elements)
    desk.tools.try_(("css selector", "[["))
    assert desk.said == "('css selector', '[['): invalid selector\n"


def test_show_writes_the_picture_and_prints_its_path(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    shot = lambda: b"PNG"  # noqa: E731
    monkeypatch.setattr(desk.page.browser, "get_screenshot_as_png", shot, raising=False)
    desk.tools.show()
    desk.tools.show(desk.folder / "other.png")
    assert (desk.folder / "open.png").read_bytes() == b"PNG"
    assert desk.said.splitlines() == [f"{desk.folder}/open.png", f"{desk.folder}/other.png"]


def test_names_are_those_of_forge_and_of_the_tutorial(desk: Desk) -> None:
    tutorial = Tutorial("Tour")
    tutorial.step(step_of_the_tutorial)
    session: Any = SimpleNamespace(browser=desk.page.browser, context="a context")
    names = names_of(session, tutorial, desk.tools)
    assert names["browser"] is desk.page.browser and names["ctx"] == "a context"
    assert names["By"] is forge.By and names["Desk"] is Desk
    assert not [name for name in names if name.startswith("__")]


def step_of_the_tutorial(browser: Any) -> None:
    """Look."""
