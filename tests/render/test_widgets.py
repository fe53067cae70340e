"""Lists, pickers, dialogs and keys in real renders: what a take keeps, and what its video shows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from forge.model.take import Interaction, StepTake
from forge.model.widgets import Answer, Calendar, Choice, OpenList, Palette
from tests.support.media import Shown, at, shown
from tests.support.project import Project
from tests.support.tours import SMALL, VIRTUAL

pytestmark = pytest.mark.browser
MakeProject = Callable[..., Project]

PAGE = """<!doctype html><meta charset=utf-8><style>body{margin:20px;background:#fff;font:16px
    sans-serif}select,input,button{font:inherit}</style>
    <select id=city><option>Oslo<optgroup label=South><option>Rome<option disabled>Pisa
    <option>Bari</optgroup></select>
    <input id=day type=date value=2027-06-03><input id=ink type=color value="#3366cc">
    <input id=name><input id=secret type=password>
    <button id=ask onclick="setTimeout(() => name = confirm('Sure?'), 300)">Ask</button>
    <iframe srcdoc="<button id=b onclick='parent.said = prompt(`Name?`, `Ada`)'>b</button>">
    </iframe>
"""
TOUR = """
    from pathlib import Path
    from selenium.webdriver import ActionChains, Keys
    from selenium.webdriver.support.expected_conditions import alert_is_present
    from selenium.webdriver.support.select import Select
    from selenium.webdriver.support.wait import WebDriverWait
    from forge import By, Tutorial
    tour = Tutorial("A tour", id="tour")

    @tour.setup
    def go(browser):
        browser.get((Path(__file__).parents[1] / "page.html").as_uri())

    def by(browser, name):
        return browser.find_element(By.ID, name)

    @tour.step("")
    def choose(browser):
        Select(by(browser, "city")).select_by_visible_text("Bari")

    @tour.step("")
    def pick(browser):
        by(browser, "day").send_keys("06122027")
        by(browser, "ink").send_keys("#cc3366")

    @tour.step("", settle_until="load", focus=(By.ID, "ask"))
    def ask(browser):
        by(browser, "ask").click()
        WebDriverWait(browser, 5).until(alert_is_present())

    @tour.step("It asks.")
    def answer(browser):
        WebDriverWait(browser, 5).until(alert_is_present()).dismiss()

    @tour.step("")
    def enter(browser):
        browser.switch_to.frame(0)
        by(browser, "b").click()
        asked = browser.switch_to.alert
        asked.send_keys("Grace")
        asked.accept()
        browser.switch_to.default_content()
        assert browser.execute_script("return said") == "Grace"

    @tour.step("")
    def keys(browser):
        by(browser, "secret").send_keys("hunter2", Keys.ENTER)
        by(browser, "name").send_keys("Ada", Keys.ENTER)
        ActionChains(browser).key_down(Keys.CONTROL).send_keys("a").key_up(Keys.CONTROL).perform()
"""
BACKGROUND = np.array((0x10, 0x18, 0x2B))  # of panels and badges: `style.background`


def dark(frame: Shown) -> int:
    """Return the number of pixels in the colour of panels."""
    return int((np.abs(frame.rgb().astype(int) - BACKGROUND).max(axis=2) < 12).sum())


def hand_of(step: StepTake, kind: str) -> Interaction:
    (found,) = (hand for hand in step.interactions if hand.kind == kind)
    return found


@pytest.mark.parametrize("clock", ["virtual", "elastic"])
def test_what_the_browser_draws_is_seen(make_project: MakeProject, clock: str) -> None:
    project = make_project(TOUR, video=VIRTUAL if clock == "virtual" else SMALL)
    project.write("page.html", PAGE)
    project.rendered()
    take = project.take("tour")
    choose, pick, ask, answer, enter, keys = take.steps
    check_choices(choose, pick)
    (opening,), (closing,) = ask.dialogs, answer.dialogs
    assert opening.dialog is not None
    assert (opening.dialog.kind, opening.dialog.message) == ("confirm", "Sure?")
    assert opening.at_ms - hand_of(ask, "click").at_ms in range(300, 700)
    answered = hand_of(answer, "answer")
    assert answered.widget == Answer(accepts=False)
    assert (closing.dialog, abs(closing.at_ms - answered.at_ms) <= 34) == (None, True)
    prompt, _ = enter.dialogs
    assert prompt.dialog is not None
    assert (prompt.dialog.kind, prompt.dialog.default) == ("prompt", "Ada")
    assert [hand.kind for hand in enter.interactions] == ["click", "type", "answer"]
    pressed = [[key.label for key in hand.keys] for hand in keys.interactions]
    assert pressed == [[], ["Enter"], ["Ctrl+A"]]
    assert "hunter2" not in (project.work("tour") / "take.json").read_text()
    check_video(project)


def check_choices(choose: StepTake, pick: StepTake) -> None:
    city = hand_of(choose, "choose")
    assert isinstance(city.widget, OpenList)
    labels = [(row.label, row.group, row.disabled) for row in city.widget.rows]
    assert labels == [
        ("Oslo", False, False),
        ("South", True, False),
        ("Rome", False, False),
        ("Pisa", False, True),
        ("Bari", False, False),
    ]
    assert (city.widget.before, city.widget.chosen) == (0, 4)
    assert city.until_ms is not None
    assert city.until_ms - city.at_ms in range(1340, 1500), "to see it, to reach it, to aim"
    day, ink = (hand.widget for hand in pick.interactions)
    assert isinstance(day, Calendar)
    assert (day.title, day.value, day.cells[day.chosen or 0]) == ("June 2027", "2027-06-12", "12")
    assert day.cells[day.before or 0] == "3"
    assert isinstance(ink, Palette)
    assert (ink.before, ink.after) == ("#3366cc", "#cc3366")


def check_video(project: Project) -> None:
    """Check that a panel shows while it is open, and no longer."""
    frames, seen = shown(project.video("tour")), 0
    for step in project.manifest("tour").steps:
        for hand in step.interactions:
            if isinstance(hand.widget, Choice) and hand.until_ms:
                before, during, after = (
                    dark(at(frames, ms))
                    for ms in (hand.at_ms - 40, hand.until_ms - 40, hand.until_ms + 200)
                )
                assert before < 1000 < 5000 < during, hand
                assert after < 1000, hand
                seen += 1
        for event in step.dialogs:
            shows = dark(at(frames, event.at_ms + 200)) > 5000
            assert shows is (event.dialog is not None), event
            seen += 1
    assert seen == 7
    last = project.manifest("tour").steps[-1].interactions[-1]
    assert dark(at(frames, last.at_ms + 100)) > dark(at(frames, last.at_ms - 1700)) + 500, "a badge"
