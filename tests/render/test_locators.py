"""Locators and waits in real renders: frames, shadow roots, dialogs, and what an error tells."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.support.beside import side_by_side
from tests.support.project import Project
from tests.support.tours import SMALL, VIRTUAL, write_tours

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><meta charset=utf-8><title>Shop</title>
<form onsubmit="return false"><label>Search <input id=q></label> <button>Go</button></form>
<p class=spinner hidden>Loading</p><div id=out></div><x-card></x-card>
<iframe id=near srcdoc="<label>Title <input></label><button onclick='
  said.textContent = confirm(`Sure?`) ? `Saved` : `Kept`'>Save note</button><p id=said></p>">
</iframe><iframe id=far
  src="data:text/html,<button onclick='this.textContent = `Paid`'>Pay</button>"></iframe>
<script>
const spinner = document.querySelector('.spinner')
document.querySelector('button').onclick = () => {
  spinner.hidden = false
  setTimeout(() => { spinner.hidden = true
    out.innerHTML = '<i class=row>a</i><i class=row>b</i> 2 <b>results</b>' }, 700)
}
const card = document.querySelector('x-card').attachShadow({mode: 'open'})
card.innerHTML = '<h2>Card</h2><button onclick="this.textContent = `Added`">Add</button>'
</script>"""
HEAD = """
    from pathlib import Path
    from selenium.webdriver.support.expected_conditions import alert_is_present
    from selenium.webdriver.support.wait import WebDriverWait
    from forge import By, Tutorial, button, count, field, gone, heading, idle, text, wait, within
    tour = Tutorial("A tour", id="tour")

    @tour.setup
    def go(browser):
        browser.get((Path(__file__).parents[1] / "page.html").as_uri())
        wait(browser, idle(), heading("Card"))
"""
FINDS = f"""{HEAD}
    @tour.step("", wait_for=(text("2 results"), gone(".spinner"), count(".row", 2)))
    def search(browser):
        browser.find_element(*field("Search")).send_keys("hi")
        browser.find_element(*within(field("search"), button("go"))).click()

    @tour.step("", wait_for=button("Added"), focus=button("Pay"))
    def card(browser):
        browser.find_element(*within(heading("Card"), button("Add"))).click()

    @tour.step("", wait_for=[text("Kept"), lambda browser: browser.find_element(By.ID, "q")])
    def note(browser):
        browser.find_element(*field("Title")).send_keys("note")
        browser.find_element(*button("Save note")).click()
        WebDriverWait(browser, 5).until(alert_is_present()).dismiss()

    @tour.step("", wait_for=(button("Paid"), idle()))
    def pay(browser):
        browser.find_element(*button("Pay")).click()
        assert browser.find_element(By.ID, "q").get_attribute("value") == "hi"
"""
MISSES = {
    "typo": 'browser.find_element(*button("Save nte"))',
    "hidden": 'wait(browser, text("Loading"), timeout_s=0.2)',
    "selector": "browser.find_element(By.XPATH, \"//button[.='Save note']\")",
}
TOLD = {
    "typo": 'there is no button "Save nte"; the nearest: button "Save note" at button'
    " (in the frame iframe#near)",
    "hidden": 'nothing is still open; the nearest: p "Loading" at p.spinner (hidden: display: none',
    "selector": 'it matches button "Save note" at button (in the frame iframe#near)',
}


@pytest.fixture(scope="module")
def renders(tmp_path_factory: pytest.TempPathFactory) -> list[Project]:
    """Record the tour on two clocks, and one tour for each error on the elastic clock."""
    misses = {
        name: f'{HEAD}\n    @tour.step("")\n    def step(browser):\n        {line}\n'
        for name, line in MISSES.items()
    }

    def project(tours: dict[str, str], video: str) -> Project:
        made = write_tours(tmp_path_factory.mktemp("tours"), tours, "retries = 0\n", video)
        made.write("page.html", PAGE)
        return made

    finds = [project({"tour": FINDS}, video) for video in (VIRTUAL, SMALL)]
    return side_by_side(
        *(partial(made.rendered, "--phase", "record") for made in finds),
        partial(project(misses, SMALL).render, "--keep-going", "--phase", "record"),
    )


def test_the_hand_reaches_elements_in_frames_and_shadow_roots(renders: list[Project]) -> None:
    for project in renders[:2]:
        steps = project.take("tour").steps
        kinds = [[done.kind for done in step.interactions] for step in steps]
        assert kinds[0] == ["type", "click"]
        assert kinds[1] == ["click", "move"]
        assert kinds[2][:2] == ["type", "click"]
        assert kinds[3] == ["click"]
        boxes = {step.id: step.interactions[0].box for step in steps}
        assert all(boxes.values())
        rest, pay = steps[1].interactions[1], steps[3].interactions[0]
        assert rest.point == pay.point  # `focus` knows the frame, too


def test_waits_last_until_everything_holds(renders: list[Project]) -> None:
    # On the elastic clock, looks take no time of the take, but the page's timer runs on meanwhile.
    for project, least_ms in zip(renders[:2], (650, 0), strict=True):
        search = project.take("tour").steps[0]
        click = search.interactions[-1]
        assert click.kind == "click"
        assert least_ms <= search.action_end_ms - click.at_ms <= 1800


def test_an_error_names_the_nearest_matches(renders: list[Project]) -> None:
    errors = {entry["job"]: entry["error"]["message"] for entry in renders[2].batch()}
    for job, told in TOLD.items():
        assert told in errors[job], errors[job]
    kept = Path(renders[2].work("typo")) / "failure.html"
    assert "Save note" in kept.read_text("utf-8").partition("</html>")[2]  # a copy of the frame
