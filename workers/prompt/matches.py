"""What a locator matches on the page: listed and outlined, for the author of a tutorial."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from heapq import nlargest
from typing import NamedTuple

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from forge.workers.recording.javascript import load

OUTLINE, CLEAR = load(__name__, "outline"), load(__name__, "clear")
CANDIDATES = load(__name__, "candidates")
NEAREST, LEAST_ALIKE, MARGIN = 5, 0.5, 0.25
DEEPEST = 5  # frames in frames
LONGEST_TEXT = 40  # characters of a name or text in the list

Locator = tuple[str, str]


class Match(NamedTuple):
    """An element of the page, as people and locators see it.

    `frame` leads to its document: the frames from the outermost one, empty in the page itself.
    """

    tag: str
    id: str
    role: str
    name: str
    text: str
    visible: bool
    frame: str


def matches(browser: Chrome, locator: Locator) -> list[Match]:
    """Return what `locator` matches, outlined, in the current frame and in the frames inside it.

    Raises:
        WebDriverException: the locator itself is wrong.
    """
    found: list[Match] = []
    for frame in _frames(browser):
        elements = browser.find_elements(*locator)
        browser.execute_script(CLEAR)
        browser.execute_script(OUTLINE, elements)
        found += (_described(element, frame) for element in elements)
    return found


def nearest(browser: Chrome, locator: Locator) -> list[Match]:
    """Return the elements whose id, name or text is most like the value of `locator`."""
    ranked: list[tuple[float, Match]] = []
    for frame in _frames(browser):
        scored = (
            (_alike(locator[1], words), element)
            for element, words in browser.execute_script(CANDIDATES)
        )
        best = nlargest(NEAREST, scored, key=lambda each: each[0])
        ranked += [(score, _described(e, frame)) for score, e in best if score >= LEAST_ALIKE]
    best = nlargest(NEAREST, ranked, key=lambda each: each[0])
    return [match for score, match in best if score > best[0][0] - MARGIN]


def _alike(wanted: str, words: list[str]) -> float:
    """Return how alike `wanted` and the most similar of `words` are, from 0 to 1."""
    wanted = wanted.casefold().strip("#.[]")
    return max(
        (SequenceMatcher(None, wanted, word.casefold()).ratio() for word in words), default=0.0
    )


def _frames(browser: Chrome, path: str = "", depth: int = 0) -> Iterator[str]:
    """Enter the current frame and all frames inside it in turn; yield the way to each.

    In the end the browser is where it was. A frame that has gone away is left out.
    """
    yield path
    if depth == DEEPEST:
        return
    for frame in browser.find_elements(By.CSS_SELECTOR, "iframe, frame"):
        try:
            name = frame.get_attribute("name") or frame.get_attribute("id") or "frame"
            browser.switch_to.frame(frame)
        except WebDriverException:
            continue
        try:
            yield from _frames(browser, f"{path} > {name}".removeprefix(" > "), depth + 1)
        finally:
            browser.switch_to.parent_frame()


def _described(element: WebElement, frame: str) -> Match:
    return Match(
        tag=element.tag_name,
        id=element.get_attribute("id") or "",
        role=element.aria_role,
        name=_short(element.accessible_name),
        text=_short(element.text),
        visible=element.is_displayed(),
        frame=frame,
    )


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"
