"""The hand in real renders: the cursor in the video's pixels, and the noted interactions."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from forge.model.take import Interaction
from forge.model.timeline import ManifestStep
from tests.support.media import Shown, at, shown
from tests.support.project import Project
from tests.support.tours import VIRTUAL

pytestmark = pytest.mark.browser
MakeProject = Callable[..., Project]

# Five targets, each on a page of its own: plain, far down in a scrolling box, in a frame, in one of
# another origin, in an enlarged shadow root. They are bright only under the pointer.
TARGET = (
    "<style>b{position:absolute;display:block;width:62px;height:42px;background:rgb(0,90,0);"
    "cursor:pointer}b:hover{background:rgb(0,255,0)}</style>"
)
FRAME = "position:absolute;width:400px;height:200px;border:4px solid gray;padding:6px"
PAGE = f"""<!doctype html>{TARGET}<body style="margin:0;height:4200px;
    background:repeating-linear-gradient(white 0 90px,silver 90px 97px)">
    <b id=plain style="left:100px;top:80px"></b>
    <div style="position:absolute;left:50px;top:800px;width:300px;height:200px;overflow:auto">
    <div style="height:900px"></div><b id=low style="left:90px;top:700px"></b></div>
    <iframe id=near style="{FRAME};left:100px;top:1700px" srcdoc="{TARGET}
    <b id=in style='left:250px;top:600px'></b>"></iframe>
    <iframe id=far style="{FRAME};left:150px;top:2600px"
    src="data:text/html,{TARGET}<b id=in style='left:250px;top:90px'></b>"></iframe>
    <div id=host style="position:absolute;left:400px;top:2900px;zoom:1.25"></div>
    <script>host.attachShadow({{mode:'open'}}).innerHTML =
    `{TARGET}<b id=in style="left:20px;top:10px"></b>`</script>
"""
TOUR = """
    from pathlib import Path
    from forge import By, Tutorial
    tour = Tutorial("A tour", id="tour", summary="x")
    IN = (By.CSS_SELECTOR, "#in")

    @tour.setup
    def go(browser):
        browser.get((Path(__file__).parents[1] / "page.html").as_uri())

    @tour.step("")
    def plain(browser):
        browser.find_element(By.ID, "plain").click()

    @tour.step("")
    def low(browser):
        browser.find_element(By.ID, "low").click()

    @tour.step("")
    def near(browser):
        browser.switch_to.frame("near")
        browser.find_element(*IN).click()
        browser.switch_to.default_content()

    @tour.step("")
    def far(browser):
        browser.switch_to.frame(browser.find_element(By.ID, "far"))
        browser.find_element(*IN).click()
        assert browser.execute_script("return location.protocol") == "data:"
        browser.switch_to.default_content()

    @tour.step("")
    def shadow(browser):
        browser.find_element(By.ID, "host").shadow_root.find_element(*IN).click()
"""
STYLE = '[style]\ncursor_image = "mine.png"\ncursor_hotspot = [4, 4]\n'


def clicks(project: Project) -> list[Interaction]:
    steps = project.manifest("tour").steps
    return [hand for step in steps for hand in step.interactions if hand.kind == "click"]


def offset(frame: Shown) -> float:
    """Return the distance (px) of the white cursor from the middle of its green target."""
    picture = frame.rgb().astype(int)
    red, green, blue = np.moveaxis(picture, 2, 0)
    bright = (green > 150) & (red < 110) & (blue < 110)
    assert bright.any(), "no target that knows of the pointer"
    rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    down, across = np.nonzero(picture[top + 4 : bottom - 4, left + 4 : right - 4].min(axis=2) > 170)
    assert down.size > 30, "no cursor"
    x, y = left + 4 + across.mean() + 0.5, top + 4 + down.mean() + 0.5
    return float(np.hypot(x - (left + right) / 2, y - (top + bottom) / 2))


@pytest.mark.parametrize("scale", [1, 1.5])
def test_cursor_clicks_its_targets_middle(make_project: MakeProject, scale: float) -> None:
    project = make_project(TOUR, STYLE, VIRTUAL + f"    scale = {scale}\n")
    project.write("page.html", PAGE)
    Image.new("RGBA", (9, 9), "white").save(project.folder / "mine.png")
    project.rendered()
    taken, still = (project.work("tour") / "take.json").stat(), project.video("tour").read_bytes()
    for zoom in (False, True):
        if zoom:
            project.rendered(FORGE_STYLE__ZOOM="true")
        frames = shown(project.video("tour"))
        assert len(clicks(project)) == 5
        for click in clicks(project):
            assert offset(at(frames, click.at_ms + 16)) <= 2, (zoom, click)
    assert project.video("tour").read_bytes() != still
    again = (project.work("tour") / "take.json").stat()
    assert again.st_mtime_ns == taken.st_mtime_ns, "another style needs no browser"
    for click in clicks(project):
        assert click.shape == "hand"
        assert click.from_ms is not None
        assert click.there_ms is not None
        assert click.there_ms - click.from_ms in range(349, 652)
        assert click.at_ms - click.there_ms in range(449, 485), "the ring's time, and a tick"
    for step in project.manifest("tour").steps[1:] if scale == 1 else ():
        check_scroll(project, step)


def check_scroll(project: Project, step: ManifestStep) -> None:
    """Check that the page scrolled smoothly to the click."""
    scroll = step.interactions[0]
    assert scroll.kind == "reveal"
    assert scroll.until_ms is not None
    length_ms = scroll.until_ms - scroll.at_ms
    assert 400 <= length_ms <= 1100
    pictures = project.manifest("tour").pictures
    starts = [p.at_ms for p in pictures if scroll.at_ms <= p.at_ms <= scroll.until_ms]
    assert len(starts) > length_ms / 33 * 0.4
    assert max(two - one for one, two in pairwise(starts)) <= 120


HANDS = """
    from pathlib import Path
    from forge import By, Tutorial
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.support.select import Select
    tour = Tutorial("A tour", id="tour", summary="x")

    @tour.setup
    def go(browser):
        browser.get((Path(__file__).parents[1] / "page.html").as_uri())

    def said(browser):
        return browser.execute_script("return said")

    @tour.step("")
    def type(browser):
        name = browser.find_element(By.ID, "name")
        name.send_keys("Ada Love")
        name.send_keys("lace\\t")
        assert name.get_attribute("value") == "Ada Lovelace"
        code = browser.find_element(By.CSS_SELECTOR, "#code input")
        code.send_keys("1234")
        boxes = browser.find_elements(By.CSS_SELECTOR, "#code input")
        assert [box.get_attribute("value") for box in boxes] == ["1", "2", "3", "4"]

    @tour.step("")
    def choose(browser):
        Select(browser.find_element(By.ID, "role")).select_by_visible_text("Speaker")
        assert browser.find_element(By.ID, "role").get_attribute("value") == "Speaker"

    @tour.step("")
    def drag(browser):
        source, goal = (browser.find_element(By.ID, name) for name in ("card", "goal"))
        ActionChains(browser).drag_and_drop(source, goal).perform()
        assert "drop" in said(browser)
        ActionChains(browser).click_and_hold(browser.find_element(By.ID, "knob")).move_by_offset(
            120, 0).release().perform()
        assert said(browser)[-1] == "knob 120"

    @tour.step("", focus=(By.ID, "role"))
    def chain(browser):
        card = browser.find_element(By.ID, "goal")
        ActionChains(browser).double_click(card).context_click().send_keys("x").perform()
        assert {"dblclick", "contextmenu"} <= set(said(browser))
        ActionChains(browser).scroll_by_amount(0, 400).perform()
        assert browser.execute_script("return scrollY") == 400

    @tour.step("", focus=(By.ID, "nowhere"))
    def broken(browser):
        browser.execute_script("Element.prototype.closest = () => { throw 1 }")
        browser.find_element(By.ID, "role").click()
"""
HANDS_PAGE = """<!doctype html><style>body{margin:0;height:2000px}
    body > *{position:absolute}</style>
    <input id=name style="left:20px;top:20px">
    <p id=code style="left:20px;top:60px"><input size=1><input size=1><input size=1><input size=1>
    </p><select id=role style="left:20px;top:300px"><option>Guest<option>Speaker</select>
    <div id=card draggable=true style="left:300px;top:20px;width:60px;height:40px;background:tan">
    </div><div id=goal style="left:450px;top:120px;width:120px;height:90px;background:silver"></div>
    <div id=knob style="left:300px;top:250px;width:30px;height:30px;background:navy"></div>
    <script>
    const said = [];
    for (const box of code.children) box.oninput = () => box.nextSibling && box.nextSibling.focus();
    goal.ondragover = event => event.preventDefault();
    goal.ondrop = () => said.push('drop');
    for (const name of ['dblclick', 'contextmenu'])
      document.addEventListener(name, event => { event.preventDefault(); said.push(name); });
    let from = null;
    knob.onmousedown = event => { from = event.clientX; };
    document.onmousemove = event => { if (from !== null)
      knob.style.transform = `translateX(${event.clientX - from}px)`; };
    document.onmouseup = event => { if (from !== null) said.push('knob ' + (event.clientX - from));
      from = null; };
    </script>
"""


def test_every_selenium_interaction_is_noted(make_project: MakeProject) -> None:
    project = make_project(HANDS)
    project.write("page.html", HANDS_PAGE)
    project.rendered()
    manifest = project.manifest("tour")
    done = {step.id: [hand.kind for hand in step.interactions] for step in manifest.steps}
    assert done == {
        "type": ["type", "type", "type"],
        "choose": ["choose"],
        "drag": ["press", "drag", "release", "press", "drag", "release"],
        "chain": ["double", "context", "scroll", "reveal", "move"],
        "broken": ["click"],
    }
    first, second, code = manifest.steps[0].interactions
    assert first.until_ms is not None
    assert abs(first.until_ms - first.at_ms - 8 * 50) <= 4, "twenty keys a second"
    assert second.there_ms is None, "the hand was there already"
    during = [p for p in manifest.pictures if first.at_ms <= p.at_ms <= first.until_ms]
    assert len(during) >= 6, "people see it typed"
    assert code.box is not None
    (choice,) = manifest.steps[1].interactions
    assert choice.box is not None
    assert choice.box[:2] == (20, 300), "the list, not the option, which is not on the page"
    (knob,) = [hand for hand in manifest.steps[2].interactions if hand.kind == "drag"][1:]
    assert knob.point == (435, 265)
    (entry,) = project.batch()
    assert any("nowhere" in warning for warning in entry["warnings"]), "a focus that is not there"
    assert manifest.steps[-1].interactions[0].box is None, "it could not be looked at"
