"""Mouse and keyboard as pages see them, on the virtual clock and in real time.

One tutorial visits small pages that log their events; it is rendered once on each clock.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any, NamedTuple

import pytest

from forge.model.take import Interaction
from tests.support.beside import side_by_side
from tests.support.media import at, shown
from tests.support.project import Project
from tests.support.tours import SMALL

pytestmark = pytest.mark.browser

#: Every page logs its events: [type, target's id, ms, detail, clientX].
NOTES = """<!doctype html><meta charset=utf-8>
<style>body{margin:0;font:16px sans-serif} body > *{position:absolute}</style>
<script>const log = [];
for (const type of ('mousedown mouseup click dblclick contextmenu mousemove '
  + 'dragstart dragenter dragover drop dragend wheel').split(' '))
  addEventListener(type, e => log.push(
    [type, e.target.id ?? '', performance.now(), e.detail ?? 0, e.clientX]), true);</script>"""
PAGES = {
    "press": """<button id=plain style="left:20px;top:20px">plain</button>
        <button id=chain style="left:120px;top:20px">chain</button>
        <button id=context style="left:220px;top:20px">context</button>
        <button id=double style="left:320px;top:20px">double</button>
        <iframe id=frame style="left:20px;top:80px" srcdoc="<button id=in>in</button>"></iframe>
        <p id=said style="left:20px;top:250px">-</p><script>
        let last = 0, held;  // as canvas editors count, and as buttons mind a long press
        document.getElementById('double').onmouseup = () => {
          const now = Date.now(), apart = now - last; last = now;
          if (apart > 0 && apart < 650) said.textContent = 'opened'; };
        const long = () => log.push(['long', '']);
        addEventListener('mousedown', () => { held = setTimeout(long, 400) });
        addEventListener('mouseup', () => clearTimeout(held));
        frame.onload = () => ['mousedown', 'mouseup', 'click'].forEach(type =>
          frame.contentWindow.addEventListener(type, e => log.push(
            [type, e.target.id, performance.now(), e.detail, e.clientX])));
        </script>""",
    "drag": """<div id=card draggable=true style="left:40px;top:40px;width:80px;height:60px;
        background:navy"></div>
        <div id=goal style="left:400px;top:40px;width:160px;height:120px;background:silver"></div>
        <div id=knob style="left:40px;top:250px;width:30px;height:30px;background:green"></div>
        <script>goal.ondragenter = () => { goal.style.background = 'rgb(255,160,0)' };
        card.ondragstart = e => e.dataTransfer.setData('text/plain', 'it');
        goal.ondragover = e => e.preventDefault();
        goal.ondrop = e => { e.preventDefault(); goal.style.background = 'silver';
          log.push(['got', e.dataTransfer.getData('text/plain')]) };</script>""",
    "wheel": """<style>#list,#in,#out,#wide{overflow:auto;width:200px;height:150px}
        #list > *,#in > *{margin:0;height:3000px;background:linear-gradient(teal,gold)}</style>
        <div id=list style="left:10px;top:10px"><div></div></div>
        <div id=out style="left:220px;top:10px"><div id=in style="height:100px"><p></p></div>
        <div style="height:900px"></div></div>
        <div id=wide style="left:430px;top:10px"><div style="width:3000px;height:90px"></div></div>
        <div id=map style="left:10px;top:180px;width:200px;height:100px;background:tan"></div>
        <div style="top:3000px;height:100px;width:9px"></div><p id=place style="left:9px;top:300px">
        </p><script>let timer; list.onscroll = () => { place.textContent = list.scrollTop;
          list.style.pointerEvents = 'none'; clearTimeout(timer);
          timer = setTimeout(() => { list.style.pointerEvents = '' }, 150) };
        map.addEventListener('wheel', e => e.preventDefault());</script>""",
    "editor": """<style>.editor{width:260px;height:90px;border:1px solid gray;white-space:pre}
        textarea{position:absolute;border:0;padding:0;resize:none}</style>
        <div class=editor style="left:20px;top:20px"><div style="overflow:hidden;width:3px;height:0;
        position:relative"><textarea id=clipped></textarea></div><span></span></div>
        <div class=editor style="left:320px;top:20px"><textarea id=away style="left:-9999px">
        </textarea><span></span></div>
        <div class=editor style="left:20px;top:180px"><textarea id=clear style="opacity:0;width:8px;
        height:16px;left:150px"></textarea><span></span></div>
        <div class=editor id=rich contenteditable style="left:320px;top:180px"></div>
        <script>for (const field of document.querySelectorAll('textarea')) {
          const editor = field.closest('.editor');
          editor.onmousedown = e => { e.preventDefault(); field.focus() };
          field.oninput = () => { editor.querySelector('span').textContent = field.value.trim() };
        }</script>""",
    "ends": """<button id=asks style="left:20px;top:20px">asks</button>
        <button id=goes style="left:120px;top:20px">goes</button>
        <button id=leaves style="left:220px;top:20px">leaves</button>
        <button id=opens style="left:320px;top:20px">opens</button>
        <button id=copies style="left:420px;top:20px">copies</button>
        <button id=under style="left:520px;top:20px">under</button>
        <div id=curtain style="left:500px;top:0;width:120px;height:80px;background:gray"></div>
        <p id=said style="top:90px">-</p>
        <script>const by = id => document.getElementById(id);
        by('asks').onmousedown = () => alert('sure?');
        by('leaves').onmousedown = e => e.target.remove();
        by('goes').onmousedown = () => { location.href = 'press.html' };
        by('opens').onclick = () => open('closes.html');
        const say = text => { said.textContent = text };
        by('copies').onclick = () => navigator.clipboard.writeText('key').then(
          () => say('copied'), e => say(e.message));
        by('copies').onmouseup = () => setTimeout(() => by('curtain').remove(), 1500);
        </script>""",
    "closes": """<button id=x style="left:20px;top:20px" onmouseup="window.close()">x</button>""",
}
TOUR = """
    import json, os
    from pathlib import Path
    from forge import By, Tutorial
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.actions.wheel_input import ScrollOrigin

    tour = Tutorial("A tour", id="tour", summary="x")
    HERE = Path(__file__).parents[1]

    def visit(browser, name):
        browser.get((HERE / f"{name}.html").as_uri())

    def find(browser, name):
        return browser.find_element(By.ID, name)

    def keep(browser, name, *more):
        told = {"log": browser.execute_script("return log"), "more": more}
        (HERE / f"{name}.json").write_text(json.dumps(told))

    @tour.setup
    def begin(browser):
        visit(browser, "press")
        find(browser, "plain").click()
        ActionChains(browser).double_click(find(browser, "double")).perform()
        keep(browser, "setup", find(browser, "said").text)

    @tour.step("")
    def press(browser):
        visit(browser, "press")
        find(browser, "plain").click()
        ActionChains(browser).click(find(browser, "chain")).perform()
        ActionChains(browser).context_click(find(browser, "context")).perform()
        ActionChains(browser).double_click(find(browser, "double")).perform()
        browser.switch_to.frame("frame")
        find(browser, "in").click()
        browser.switch_to.default_content()
        keep(browser, "press", find(browser, "said").text)

    @tour.step("")
    def drag(browser):
        visit(browser, "drag")
        ActionChains(browser).click_and_hold(find(browser, "card")).perform()
        ActionChains(browser).move_to_element(find(browser, "goal")).release().perform()
        ActionChains(browser).move_by_offset(0, 80).perform()
        ActionChains(browser).drag_and_drop_by_offset(find(browser, "knob"), 150, 0).perform()
        keep(browser, "drag")

    @tour.step("")
    def wheel(browser):
        visit(browser, "wheel")
        def turn(name, x, y):
            origin = ScrollOrigin.from_element(find(browser, name))
            ActionChains(browser).scroll_from_origin(origin, x, y).perform()
        turn("list", 0, 400)
        turn("wide", 200, 0)
        turn("in", 0, 400)
        browser.execute_script("document.getElementById('in').scrollTop = 3000")
        turn("in", 0, 100)
        turn("map", 0, 90)
        at = {"list": "Top", "wide": "Left", "in": "Top", "out": "Top"}
        places = [find(browser, one).get_property("scroll" + way) for one, way in at.items()]
        before = browser.execute_script("return scrollY")
        ActionChains(browser).scroll_by_amount(0, 250).perform()
        keep(browser, "wheel", *places, before, browser.execute_script("return scrollY"))

    @tour.step("")
    def type(browser):
        visit(browser, "editor")
        found = []
        for name in ("clipped", "away", "clear", "rich"):
            field = find(browser, name)
            editor = field.find_element(By.XPATH, "ancestor-or-self::div[@class='editor']")
            chain = ActionChains(browser).move_to_element_with_offset(editor, 60, 20)
            chain.click().perform()
            browser.switch_to.active_element.send_keys("let it = 1;")
            found.append(editor.text)
        keep(browser, "type", *found)

    @tour.step("")
    def ends(browser):
        visit(browser, "ends")
        find(browser, "asks").click()
        asked = browser.switch_to.alert.text
        browser.switch_to.alert.accept()
        find(browser, "leaves").click()
        left = browser.find_elements(By.ID, "leaves")
        first = browser.current_window_handle
        find(browser, "opens").click()
        browser.switch_to.window(next(one for one in browser.window_handles if one != first))
        find(browser, "x").click()
        browser.switch_to.window(first)
        find(browser, "copies").click()
        said = find(browser, "said").text
        find(browser, "under").click()
        keep(browser, "ends", asked, len(left), len(browser.window_handles), said)
        find(browser, "goes").click()
        keep(browser, "gone", browser.current_url[-10:])
"""


class Seen(NamedTuple):
    """The log of one page, and what the step read from it."""

    log: list[list[Any]]
    more: list[Any]

    def times(self, *types: str) -> list[float]:
        """Return the times of the events of `types`, in order."""
        return [one[2] for one in self.log if one[0] in types]

    def of(self, target: str) -> list[str]:
        """Return the events of one element, without movements of the mouse."""
        return [one[0] for one in self.log if one[1] == target and one[0] != "mousemove"]


class Told(NamedTuple):
    """The render of the tour on one clock."""

    clock: str
    project: Project

    def seen(self, name: str) -> Seen:
        return Seen(**json.loads((self.project.folder / f"{name}.json").read_text()))

    def hands(self, step: str) -> list[Interaction]:
        (found,) = (s for s in self.project.manifest("tour").steps if s.id == step)
        return [hand for hand in found.interactions if hand.kind != "open"]  # the step's own page


CLOCKS = ("virtual", "elastic")


@pytest.fixture(scope="module")
def renders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Project]:
    def project(clock: str) -> Project:
        project = Project(tmp_path_factory.mktemp(clock))
        project.write("forge.toml", SMALL.replace("elastic", clock))
        project.write("tutorials/tour.py", TOUR)
        for name, body in PAGES.items():
            project.write(f"{name}.html", NOTES + body)
        return project

    both = side_by_side(*(project(clock).rendered for clock in CLOCKS))
    return dict(zip(CLOCKS, both, strict=True))


@pytest.fixture(params=CLOCKS)
def told(request: pytest.FixtureRequest, renders: dict[str, Project]) -> Told:
    return Told(request.param, renders[request.param])


@pytest.mark.parametrize("step", ["setup", "press"])
def test_presses_and_double_clicks_have_human_lengths(told: Told, step: str) -> None:
    seen = told.seen(step)
    downs, ups = seen.times("mousedown"), seen.times("mouseup")
    lengths = [up - down for down, up in zip(downs, ups, strict=True)]
    assert len(lengths) == (3 if step == "setup" else 6)
    if told.clock == "virtual":
        assert all(60 <= length <= 100 for length in lengths)
    else:  # the shortest: a busy machine delays the others
        assert all(59 <= length < 400 for length in lengths)
        assert min(lengths) <= 100
    assert "long" not in [one[0] for one in seen.log]
    assert seen.more == ["opened"], "the page counts for itself"
    click = ["mousedown", "mouseup", "click"]
    assert seen.of("plain") == click
    assert seen.of("double") == [*click, *click, "dblclick"]
    assert [one[3] for one in seen.log if one[:2] == ["click", "double"]] == [1, 2]
    first, second = [at for at, one in zip(downs, _targets(seen), strict=True) if one == "double"]
    assert 100 <= second - first <= (140 if told.clock == "virtual" else 500)


def _targets(seen: Seen) -> list[str]:
    return [one[1] for one in seen.log if one[0] == "mousedown"]


def test_chains_and_frames_get_the_same_presses(told: Told) -> None:
    seen = told.seen("press")
    click = ["mousedown", "mouseup", "click"]
    assert seen.of("chain") == seen.of("in") == click
    assert seen.of("context") == ["mousedown", "contextmenu", "mouseup"]


def test_drag_is_seen_and_drops_at_hand(told: Told) -> None:
    seen = told.seen("drag")
    told_of = [one[0] for one in seen.log]
    assert [told_of.count(one) for one in ("dragstart", "drop", "dragend")] == [1, 1, 1]
    assert ["got", "it"] in seen.log
    over = seen.times("dragover")
    assert len(over) >= 10
    assert seen.times("drop")[0] - seen.times("dragstart")[0] >= 300
    press, drag, release = told.hands("drag")[:3]
    assert [press.kind, drag.kind, release.kind] == ["press", "drag", "release"]
    assert drag.until_ms is not None
    assert drag.until_ms <= release.at_ms
    frames = shown(told.project.video("tour"))
    lit = [f.at_ms for f in frames if f.rgb()[60, 420, 0] > 240 and f.rgb()[60, 420, 2] < 40]
    assert lit, "the goal shows that something is over it"
    assert drag.at_ms + 100 < lit[0] < release.at_ms
    assert at(frames, release.at_ms + 200).rgb()[60, 420, 2] > 150, "and no longer, once it is"


def test_drag_moves_once_a_frame(told: Told) -> None:
    seen = told.seen("drag")
    last = max(number for number, one in enumerate(seen.log) if one[:2] == ["mousedown", "knob"])
    moves = [one for one in seen.log[last:] if one[0] == "mousemove"]
    ways = sorted({one[4] for one in moves})
    assert ways[-1] - ways[0] >= 140
    assert len(ways) >= 12
    if told.clock == "virtual":
        apart = [two[2] - one[2] for one, two in pairwise(moves)]
        assert all(33 <= one <= 34 for one in apart)


def test_wheel_scrolls_the_whole_way(told: Told) -> None:
    seen = told.seen("wheel")
    *boxes, before, after = seen.more
    assert boxes == [400, 200, 2900, 100], "at its end the box around it goes on"
    assert (before, after) == (0, 250), "what the map refuses scrolls nothing"
    assert len([one for one in seen.log if one[:2] == ["wheel", "map"]]) >= 5
    assert [hand.kind for hand in told.hands("wheel")] == ["scroll"] * 6


def test_hand_stays_while_hidden_fields_type(told: Told) -> None:
    assert told.seen("type").more == ["let it = 1;"] * 4
    hands = told.hands("type")
    assert [hand.kind for hand in hands] == ["click", "type"] * 4
    for click, typed in list(zip(hands[::2], hands[1::2], strict=True))[:3]:
        assert typed.point == click.point
        assert typed.there_ms is None, "no way, and no ring"
        assert typed.until_ms is not None
        pictures = told.project.manifest("tour").pictures
        assert len([p for p in pictures if typed.at_ms <= p.at_ms <= typed.until_ms]) >= 5


def test_press_may_open_close_and_navigate(told: Told) -> None:
    seen = told.seen("ends")
    assert seen.more == ["sure?", 0, 1, "copied"]
    assert seen.of("asks") == ["mousedown"], "the dialog swallows the rest, as in life"
    assert seen.of("leaves") == ["mousedown"]
    assert told.seen("gone").more == ["press.html"]
