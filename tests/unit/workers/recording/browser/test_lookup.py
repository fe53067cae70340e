"""Locators by role and name in a real page: names as Chromium computes them, frames, strictness."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from selenium.common.exceptions import (
    InvalidSelectorException,
    NoAlertPresentException,
    NoSuchElementException,
    StaleElementReferenceException,
    UnexpectedAlertPresentException,
)
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as expect
from selenium.webdriver.support.wait import WebDriverWait

from forge.locators import (
    Locator,
    button,
    field,
    heading,
    link,
    menu,
    option,
    tab,
    text,
    within,
)
from forge.waits import count, gone, wait
from forge.workers.recording.browser.chrome import WatchedChrome
from forge.workers.recording.browser.lookup import PRELUDE, SeveralElementsException
from forge.workers.recording.evidence import PAGE_SCRIPT
from tests.support.live_browser import live_browser, page
from tests.support.project import ROOT

pytestmark = pytest.mark.browser

CONTROLS = ROOT / "tests" / "support" / "controls.html"
SURVEYED = (
    f"{PRELUDE}; return rootsOf(document).flatMap(root => [...root.querySelectorAll('*')])"
    ".filter(it => Object.keys(KINDS).some(kind => isKind(it, kind, 1)))"
    ".map(it => [it, roleOf(it), nameOf(it)]);"
)
#: Roles that Chromium has its own names for.
OWN_ROLES = {"DisclosureTriangle", "Date", "InputTime", "ColorWell", "generic", "none"}

SHOP = """
<h1>Shop</h1>
<form><label>Search <input></label> <button type=button>Go</button>
<label for=m>E-mail <b>*</b></label><input id=m placeholder=m><input aria-labelledby="d d"
  placeholder=d></form><span id=d>Days</span>
<section><h2>Team</h2>
<ul><li>Ann <button>Remove</button><li>Ben <button>Remove</button></ul></section>
<button style="display: none">Hidden</button><button aria-hidden=true>Silent</button>
<p>2 <b>results</b></p><p style="visibility: hidden">9 results</p>
<div id=host></div>
<div role=tablist><div role=tab>Prices</div></div>
<select aria-label=Colour><option>Blue<option>Red</select>
<ul role=listbox><li role=option><b>Red</b> and blue<li role=option><b>Green</b> 2</ul>
<div role=menubar><div role=menuitem tabindex=0>File</div></div>
<div role=menu><div role=menuitem><i>Save Notebook</i> <b>Ctrl+S</b></div>
<div role=menuitem>Save all</div></div>
<script>
document.getElementById('host').attachShadow({mode: 'open'}).innerHTML =
  '<h2>Card</h2><inner-box></inner-box>';
document.getElementById('host').shadowRoot.querySelector('inner-box').attachShadow({mode: 'open'})
  .innerHTML = '<button onclick="this.textContent = `Added`">Add</button>';
</script>"""
FRAMED = """<!doctype html><title>Framed</title><h2>Editor</h2><label>Title <input></label>
<button onclick="out.textContent = 'Saved ' + document.querySelector('input').value">Save</button>
<p id=out></p>"""


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None: ...


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WatchedChrome]:
    with live_browser(tmp_path_factory.mktemp("browser"), "--site-per-process") as started:
        yield started


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a page with a frame of another site, which has one of the first site inside."""
    folder = tmp_path_factory.mktemp("site")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=folder)) as server:
        port = server.server_port
        near, far = f"http://127.0.0.1:{port}", f"http://localhost:{port}"
        main = f"<h1>Main</h1><iframe id=outer src={far}/outer.html></iframe><input id=own>"
        outer = f"<button>Outer</button><iframe name=inner src={near}/inner.html></iframe>"
        for name, html in {"main": main, "outer": outer, "inner": FRAMED}.items():
            (folder / f"{name}.html").write_text(html, encoding="utf-8")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"{near}/main.html"
        server.shutdown()


@pytest.fixture
def shop(browser: WatchedChrome) -> WatchedChrome:
    browser.get(page(SHOP))
    return browser


def test_roles_and_names_are_those_of_the_browser(browser: WatchedChrome) -> None:
    browser.get(CONTROLS.as_uri())
    surveyed = browser.execute_script(SURVEYED)
    assert len(surveyed) > 90
    wrong = []
    for element, role, name in surveyed:
        # Upper case by CSS is part of Chromium's names; locators ignore case.
        said = " ".join(element.accessible_name.split()).lower()
        its_role = element.aria_role
        same = its_role in {*OWN_ROLES, role} or role in ("list", "file")
        if said != name.lower() or not same:
            wrong.append((its_role, said, role, name))
    assert not wrong


@pytest.mark.parametrize(
    ("locator", "shown"),
    [
        (button("go"), "Go"),
        (button(" Add "), "Add"),
        (heading("Shop"), "Shop"),
        (tab("Prices"), "Prices"),
        (option("Red"), "Red"),
        (option("Green"), "Green 2"),
        (menu("File"), "File"),
        (menu("File", "Save Notebook"), "Save Notebook Ctrl+S"),
        (menu("File", "notebook ctrl", part=True), "Save Notebook Ctrl+S"),
        (text("2 results"), "2 results"),
        (text("ann", exact=False), "Ann Remove"),
        (within(text("Ben"), button("Remove")), "Remove"),
        (within("#host", heading("Card")), "Card"),
        (within(heading("Card"), button("Add")), "Add"),
        (within(field("Search"), button("Go")), "Go"),
        (within((By.XPATH, "//section"), (By.TAG_NAME, "h2")), "Team"),
    ],
)
def test_one_element_is_found(shop: WatchedChrome, locator: Locator, shown: str) -> None:
    element = shop.find_element(*locator)
    assert element.text == shown
    assert element.is_displayed() or shown == "Red"


@pytest.mark.parametrize(
    ("locator", "matches"),
    [
        (button("Remove"), 2),
        (button("remo", part=True), 2),
        (button("Hidden"), 0),
        (button("Silent"), 0),
        (menu("File", "Save"), 0),
        (text("a"), 10),
        (text("9 results"), 0),
        (text("results", exact=True), 1),
        (link("Go"), 0),
        (within(heading("Team"), button("Remove")), 2),
        (within(button("Go"), heading("Shop")), 0),
        (within("li", button("Remove")), 2),
        (within("form", (By.XPATH, "//button")), 1),
    ],
)
def test_all_elements_are_found(shop: WatchedChrome, locator: Locator, matches: int) -> None:
    assert len(shop.find_elements(*locator)) == matches


@pytest.mark.parametrize(("name", "shown"), [("E-mail", "m"), ("E-mail *", "m"), ("days", "d")])
def test_a_field_is_found_by_a_text_of_its_label(
    shop: WatchedChrome, name: str, shown: str
) -> None:
    assert shop.find_element(*field(name)).get_attribute("placeholder") == shown


def test_two_matches_are_an_error_that_lists_them(shop: WatchedChrome) -> None:
    with pytest.raises(SeveralElementsException) as told:
        shop.find_element(*button("Remove"))
    assert told.value.msg == (
        '2 elements match button "Remove": button "Remove" at section > ul > li > button;'
        ' button "Remove" at section > ul > li > button'
    )


def test_elements_and_shadow_roots_are_searched_inside(shop: WatchedChrome) -> None:
    section = shop.find_element(By.TAG_NAME, "section")
    assert len(section.find_elements(*button("Remove"))) == 2
    with pytest.raises(NoSuchElementException, match=r'there is no button "Go"'):
        section.find_element(*button("Go"))
    root = shop.find_element(By.ID, "host").shadow_root
    assert root.find_element(*button("Add")).text == "Add"


def test_a_modal_dialog_hides_the_page_behind_it(browser: WatchedChrome) -> None:
    html = "<button>Save</button><dialog id=d><button>Save</button></dialog>"
    html += "<iframe srcdoc='<button>Save</button>'></iframe>"
    browser.get(page(f"{html}<script>document.getElementById('d').showModal()</script>"))
    browser.find_element(*button("Save")).click()
    assert browser.find_element(*within("dialog", button("Save"))).is_displayed()


def test_the_way_to_an_item_chooses_among_menus(browser: WatchedChrome) -> None:
    item = "<div role=menuitem id={0}>New</div>"
    menus = "<div role=menu aria-label=File>{}</div><div role=menu id=m>{}</div>"
    html = menus.format(item.format("a"), item.format("b"))
    browser.get(page(f"{html}<button aria-haspopup=menu aria-controls=m>Edit</button>"))
    assert browser.find_element(*menu("File", "New")).get_attribute("id") == "a"
    assert browser.find_element(*menu("Edit", "New")).get_attribute("id") == "b"
    assert browser.find_element(*menu("Edit")).tag_name == "button"
    assert len(browser.find_elements(*menu("View", "New"))) == 2


def test_the_kept_page_has_its_frames_and_shadow_roots(shop: WatchedChrome, frames: str) -> None:
    html = shop.execute_script(f"return {PAGE_SCRIPT}")
    assert '<template shadowrootmode="open"><button' in html
    shop.get(
        page("<i title='a\"b'>x</i><iframe id=f srcdoc='<b title=&quot;q&quot;>in</b>'></iframe>")
    )
    wait(shop, text("in"))
    html = shop.execute_script(f"return {PAGE_SCRIPT}")
    shop.get(page(html))
    assert len(shop.find_elements(*text("in", exact=True))) == 2  # the frame, and its copy
    shop.get(frames)
    assert "outer.html: of another site" in shop.execute_script(f"return {PAGE_SCRIPT}")


def test_frames_of_other_processes_need_no_switch(browser: WatchedChrome, frames: str) -> None:
    browser.get(frames)
    targets = browser.execute_cdp_cmd("Target.getTargets", {})["targetInfos"]
    assert any(target["type"] == "iframe" for target in targets)  # in a process of its own
    title = wait(browser, field("Title"))
    title.send_keys("hello")
    ActionChains(browser).move_to_element(browser.find_element(*button("Save"))).click().perform()
    assert browser.find_element(*text("Saved hello")).is_displayed()
    assert title.get_attribute("value") == "hello"
    assert title.find_element(By.XPATH, "ancestor::body//h2").text == "Editor"
    # The tutorial has not left the top-level document.
    browser.find_element(By.ID, "own").send_keys("own")
    assert browser.execute_script("return document.title + arguments.length") == "0"
    assert browser.find_element(*within("#outer", button("Outer"))).text == "Outer"
    with pytest.raises(NoSuchElementException):
        browser.find_element(*within(heading("Editor"), button("Outer")))
    assert 'field "Titel"' not in browser.nearest(field("Titel"))
    assert browser.nearest(field("Titel")) == (
        'the nearest: textbox "Title" at label > input'
        ' (in the frame iframe#outer, in the frame iframe[name="inner"])'
    )


def test_from_a_frame_the_search_goes_inwards(browser: WatchedChrome, frames: str) -> None:
    browser.get(frames)
    wait(browser, button("Save"))
    browser.switch_to.frame("outer")
    browser.find_element(*button("Save")).click()
    assert browser.find_element(By.TAG_NAME, "button").text == "Outer"
    assert browser.find_elements(*heading("Main")) == []
    browser.switch_to.default_content()
    assert browser.find_element(*heading("Main")).text == "Main"


def test_an_element_of_a_removed_frame_is_stale(browser: WatchedChrome, frames: str) -> None:
    browser.get(frames)
    save = wait(browser, button("Save"))
    browser.execute_script("document.getElementById('outer').remove()")
    with pytest.raises(StaleElementReferenceException):
        save.click()
    assert browser.find_element(*heading("Main")).text == "Main"


def test_selenium_waits_for_them_too(browser: WatchedChrome) -> None:
    html = "<i class=spinner>…</i><script>setTimeout(() => {document.body.innerHTML ="
    browser.get(page(f"{html} '<p>1</p><p>2</p><button>Done</button>'}}, 300)</script>"))
    waiting = WebDriverWait(browser, 5, 0.05)
    waiting.until(expect.element_to_be_clickable(button("Done")))
    assert waiting.until(gone(".spinner"))
    assert waiting.until(count("p", 2))
    assert wait(browser, (By.CSS_SELECTOR, "p"), gone(".spinner"), text("2")).text == "2"


def test_an_implicit_wait_holds(browser: WatchedChrome) -> None:
    script = "setTimeout(() => {document.body.innerHTML = '<button>Late</button>'}, 200)"
    browser.get(page(f"<script>{script}</script>"))
    browser.implicitly_wait(5)
    try:
        assert browser.find_element(*button("Late")).text == "Late"
        began_s = time.monotonic()
        assert gone(".spinner")(browser)
        assert time.monotonic() - began_s < 2
    finally:
        browser.implicitly_wait(0)


def test_a_wrong_selector_is_told(shop: WatchedChrome) -> None:
    for wrong in ("]", (By.XPATH, "//[")):
        with pytest.raises(InvalidSelectorException):
            shop.find_element(*within(wrong, button("Go")))


@pytest.mark.parametrize(
    ("locator", "instead"),
    [
        (button("Ad"), 'button "Add" at button (in the shadow root of div#host, in the shadow'),
        (button("Hidden"), '"Hidden" at button (hidden: display: none)'),
        (button("Silent"), '"Silent" at button (hidden: aria-hidden)'),
        (link("Go"), 'the nearest: button "Go" at form > button'),
        (text("3 results"), 'the nearest: p "2 results" at p; p "9 results" at p (hidden: visib'),
        (("id", "hots"), "no element has the id 'hots'; the nearest: 'host'"),
        (("css selector", "inner-box button"), ""),
        (("css selector", "h2"), 'it matches heading "Team" at section > h2; heading "Card"'),
        (button("Entirely different"), ""),
    ],
)
def test_the_nearest_are_named_with_their_places(
    shop: WatchedChrome, locator: Locator, instead: str
) -> None:
    found = shop.nearest(locator)
    assert instead in found
    assert bool(instead) is bool(found)


@pytest.mark.alone
def test_a_button_among_5000_nodes_is_found_quickly(browser: WatchedChrome) -> None:
    row = (
        "<div><i>Row {0}</i><a href=#>link {0}</a><button>Do {0}</button><p>a <b>{0}</b></p></div>"
    )
    browser.get(page("".join(row.format(i) for i in range(830)) + "<button>Make report</button>"))
    assert browser.execute_script("return document.querySelectorAll('*').length") > 4900
    took_s = []
    for _ in range(10):
        began_s = time.perf_counter()
        browser.find_element(*button("Make report"))
        took_s.append(time.perf_counter() - began_s)
    assert min(took_s) < 0.05


@pytest.mark.parametrize("finds", ["visible", "described", "nearest"])
def test_dialog_that_opens_during_a_search_is_reported(browser: WatchedChrome, finds: str) -> None:
    opens = "setTimeout(() => alert('Sorry'), DELAY)"
    for delay in range(20, 38):  # at least a few of them open it during the command
        browser.get(page(f'<button onclick="{opens.replace("DELAY", str(delay))}">Go</button>'))
        browser.find_element(By.TAG_NAME, "button").click()
        with pytest.raises(UnexpectedAlertPresentException):
            while True:
                getattr(browser, finds)(button("Go"))
        with suppress(NoAlertPresentException):  # whether it is still open depends on the moment
            browser.switch_to.alert.accept()
