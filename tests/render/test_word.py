"""The hand on the word: when something happens in a video, and which word is heard then."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from forge.model.timeline import Manifest, ManifestStep
from tests.support.media import RATE, shown, sound
from tests.support.tours import page, write_project

pytestmark = [pytest.mark.browser, pytest.mark.voice]

PAGE = page(
    "<button id=save>Save</button> <button id=done style='margin-left:300px'>Close</button>",
    "const paint = colour => document.body.style.background = colour;"
    "save.onclick = () => setTimeout(paint, 1500, 'yellow'); done.onclick = () => paint('blue');"
    "document.body.onclick = event => { if (event.target == document.body) paint('lime'); };",
)
#: Each mark follows a pause, so that the beginning of its word can be found in the sound.
TOUR = f"""
    from selenium.webdriver import ActionChains
    from selenium.webdriver.support.color import Color
    from selenium.webdriver.support.wait import WebDriverWait

    from forge import By, Tutorial

    tour = Tutorial("On the word", id="tour")

    @tour.setup
    def go(browser):
        browser.get({PAGE!r})

    def painted(browser):
        body = browser.find_element(By.TAG_NAME, "body")
        return Color.from_string(body.value_of_css_property("background-color")).hex == "#ffff00"

    @tour.step
    def by_script(browser):
        '''The page is red only now: {{pause 0.4}} {{here}} took.'''
        browser.execute_script("paint('red')")

    @tour.step
    def by_hand(browser):
        '''To make it green you may, for example, {{pause 0.4}} {{here}} tap the page.'''
        body = browser.find_element(By.TAG_NAME, "body")
        ActionChains(browser).move_to_element_with_offset(body, 0, 100).click().perform()

    @tour.step
    def late(browser):
        '''Now {{here}} save it, {{pause 0.4}} {{here}} till it is closed.'''
        browser.find_element(By.ID, "save").click()
        WebDriverWait(browser, 5).until(painted)
        browser.find_element(By.ID, "done").click()
"""
SETTINGS = (
    "[video]\nwidth = 640\nheight = 400\n[style]\ncursor = false\nring = false\nripple = false\n"
)
QUIET, LOUD = 0.002, 0.02  # of full scale


class Rendered(NamedTuple):
    video: Path
    manifest: Manifest


@pytest.fixture(
    scope="module", params=["virtual", pytest.param("elastic", marks=pytest.mark.alone)]
)
def rendered(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Rendered:
    project = write_project(tmp_path_factory.mktemp("word"), TOUR, SETTINGS, "")
    project.rendered("--clock", request.param)
    return Rendered(project.video("tour"), project.manifest("tour"))


def changed_ms(video: Path, step: ManifestStep, colour: tuple[int, int, int]) -> float:
    """Return when the page first has `colour` in a step."""
    for frame in shown(video):
        corner = frame.rgb()[300, 600].astype(int)
        if step.start_ms <= frame.at_ms < step.end_ms and np.abs(corner - colour).max() < 60:
            return frame.at_ms
    raise AssertionError(f"{step.id} never shows {colour}")


def onset_ms(video: Path, near_ms: float) -> float:
    """Return when a sound begins after the silence nearest to a moment."""
    samples = np.abs(sound(video))
    size = RATE // 1000
    level = samples[: samples.size // size * size].reshape(-1, size).max(axis=1)
    loud = np.flatnonzero(level > LOUD)
    gaps = [(int(a), int(b)) for a, b in pairwise(loud) if b - a > 200]
    return min((float(end) for _, end in gaps), key=lambda ms: abs(ms - near_ms))


def check(rendered: Rendered, step_id: str, colour: tuple[int, int, int]) -> None:
    step = next(step for step in rendered.manifest.steps if step.id == step_id)
    seen_ms = changed_ms(rendered.video, step, colour)
    heard_ms = onset_ms(rendered.video, seen_ms)
    word = min(step.words, key=lambda word: abs(word.from_ms - seen_ms))
    assert abs(seen_ms - word.from_ms) <= 50, "a frame of 33 ms, and half a one of the grid"
    assert abs(heard_ms - seen_ms) <= 80


def test_a_script_acts_at_its_word(rendered: Rendered) -> None:
    check(rendered, "by-script", (255, 0, 0))


def test_a_click_falls_on_its_word(rendered: Rendered) -> None:
    check(rendered, "by-hand", (0, 255, 0))


def test_the_voice_waits_for_an_action_that_is_late(rendered: Rendered) -> None:
    check(rendered, "late", (0, 0, 255))
    step = rendered.manifest.steps[-1]
    assert len(step.pieces) == 2, "the voice waits once"
    first, second = step.interactions
    assert second.at_ms - first.at_ms > 1500
