"""The nearest matches that a message names when an element was not found."""

from __future__ import annotations

from typing import Any

import pytest

from forge.locators import BY, Locator, button, field, heading, link, menu, text, within
from forge.workers.recording.browser.lookup import LISTED, listed, worded
from forge.workers.recording.browser.nearest import nearest, sought


def element(name: str, kind: str = "button", **fields: Any) -> dict[str, Any]:
    common = {"role": kind, "name": name, "text": "", "kinds": [kind], "where": "main > *"}
    return {**common, "hosts": [], "hidden": "", "frames": [], **fields}


class Page:
    """A page with `elements`, without a browser; the first frame has the elements `framed`."""

    def __init__(
        self, *elements: dict[str, Any], words: dict[str, list[str]] | None = None
    ) -> None:
        self.elements, self.words = list(elements), words or {}
        self.framed: list[dict[str, Any]] = []
        self.texts: list[dict[str, Any]] = []
        self.inside = False
        self.asked: list[Any] = []

    def script(self, source: str, part: Any, wanted: str, texts: bool) -> dict[str, Any]:
        self.asked.append((part, texts))
        found = self.framed if self.inside else self.texts if texts else self.elements
        frames = [["frame", "iframe#editor"]] if self.framed and not self.inside else []
        return {"found": list(found), "words": self.words, "frames": frames}

    def in_frame(self, frame: Any, path: Any, look: Any) -> Any:
        self.inside = True
        found, self.inside = look(), False
        return found


def told(page: Page, locator: Locator) -> str:
    lookup: Any = page
    return nearest(lookup, locator)


def test_the_most_alike_come_first_and_those_of_the_kind_before_others() -> None:
    elements = [
        element("Delete all"),
        element("Make reports", "link"),
        element("Make report"),
        element("Make a report"),
        element("Make report", "link"),
    ]
    assert told(Page(*elements), button("Make reprot")) == (
        'the nearest: button "Make report" at main > *; button "Make a report" at main > *;'
        ' link "Make report" at main > *; link "Make reports" at main > *'
    )
    assert told(Page(*elements), link("Something else")) == ""
    assert told(Page(*elements), within(".card", link("delete"))) == (
        'the nearest: button "Delete all" at main > *'
    )


def test_frames_are_looked_into() -> None:
    page = Page()
    page.framed = [element("Title", "field", role="textbox")]
    assert told(page, field("Titel")) == (
        'the nearest: textbox "Title" at main > * (in the frame iframe#editor)'
    )
    assert page.asked == [(None, False)] * 2


def test_of_an_item_it_is_asked_if_its_menu_is_open() -> None:
    assert told(Page(), menu("File", "Save")) == "is the menu 'File' open?"
    assert told(Page(element("Save", "menu")), menu("File", "Save")) == (
        "the nearest: menu \"Save\" at main > *; is the menu 'File' open?"
    )


def test_texts_are_compared_with_texts() -> None:
    page = Page()
    page.texts = [element("2 results", "p")]
    assert told(page, text("3 results")) == 'the nearest: p "2 results" at main > *'
    assert page.asked == [(None, True)]


def test_a_text_without_the_role_is_named_where_no_control_is_alike() -> None:
    page = Page(element("Rename and save"))
    page.texts = [element("Rename file", "div", kinds=[]), element("Rename files")]
    assert told(page, heading("Rename file")) == (
        'the nearest: div "Rename file" at main > *; button "Rename and save" at main > *'
    )
    assert (
        told(page, button("Rename and Save")) == 'the nearest: button "Rename and save" at main > *'
    )


@pytest.mark.parametrize(
    ("locator", "words"),
    [
        (("id", "serch"), "no element has the id 'serch'; the nearest: 'search'"),
        (("css selector", '[id="serch"]'), "no element has the id 'serch'; the nearest: 'search'"),
        (("css selector", "#search .rows"), "no element has the class 'rows'; the nearest: 'row'"),
        (("xpath", "//p[@name='pass']"), "no element has the name 'pass'"),
        (("xpath", "//a.b"), ""),
        (("name", "user"), ""),
    ],
)
def test_of_a_selector_the_names_that_are_missing_are_told(locator: Locator, words: str) -> None:
    page = Page(words={"id": ["search", "x"], "name": ["user"], "class": ["row"]})
    assert told(page, locator) == words


def test_a_selector_that_matches_elsewhere_is_told_with_the_places() -> None:
    page = Page(element("Save", hosts=["x-card"], hidden="display: none", frames=["iframe#a"]))
    assert told(page, ("css selector", "#save")) == (
        'it matches button "Save" at main > * (in the frame iframe#a, in the shadow root of x-card,'
        " hidden: display: none)"
    )


def test_of_many_some_are_listed() -> None:
    said = listed([element(str(number)) for number in range(LISTED + 2)])
    assert said.endswith('button "4" at main > *; and 2 more')
    assert worded(element("", text="Text", hidden="covered by div#over")) == (
        'button "Text" at main > * (covered by div#over)'
    )


@pytest.mark.parametrize(
    ("message", "locator"),
    [
        ('there is no button "Save"', (BY, 'button "Save"')),
        (
            "no such element: Unable to locate element:"
            ' {"method":"css selector","selector":"[id="x"]"}',
            ("css selector", '[id="x"]'),
        ),
        ('Unable to locate element: {"method":"xpath","selector":"//a"}\n', ("xpath", "//a")),
        ("no such element", None),
    ],
)
def test_the_locator_is_read_from_the_message(message: str, locator: Locator | None) -> None:
    assert sought(message) == locator
