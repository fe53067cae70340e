"""What a locator matches, on a page that is simulated."""

from __future__ import annotations

from typing import Any

import pytest

from forge.workers.prompt.matches import CANDIDATES, OUTLINE, matches, nearest
from tests.support.fake_page import FakeElement, FakePage


@pytest.fixture
def page() -> FakePage:
    inside = FakePage("inside")
    inside.has("save", FakeElement("a", ident="save", text="Save " * 20, shown=False))
    page = FakePage("top")
    page.has("save", FakeElement("button", ident="save", role="button", name="Save"))
    page.frames = [inside]
    return page


def test_matches_are_found_in_frames_too(page: FakePage) -> None:
    own, framed = matches(page.browser, ("id", "save"))
    assert own == ("button", "save", "button", "Save", "", True, "")
    assert (framed.tag, framed.visible, framed.frame) == ("a", False, "inside")
    assert len(framed.text) == 40 and framed.text.endswith("…")
    assert page.browser.at is page, "the browser is where it was"


def test_matches_are_outlined_in_their_documents(page: FakePage) -> None:
    matches(page.browser, ("id", "save"))
    assert [len(given[0]) for script, given in page.browser.scripts if script == OUTLINE] == [1, 1]


def test_nearest_are_those_with_similar_words(page: FakePage) -> None:
    save, other = FakeElement("a", ident="save"), FakeElement("p", ident="zebra")
    candidates: list[Any] = [(save, ["save"]), (other, ["zebra"])]
    page.answers[CANDIDATES] = candidates
    page.frames = []
    assert [match.id for match in nearest(page.browser, ("css selector", "#svae"))] == ["save"]
    assert nearest(page.browser, ("id", "quite other")) == []
