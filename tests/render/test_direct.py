"""Keys, clicks and finds over DevTools give the same events and errors as WebDriver."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.beside import side_by_side
from tests.support.tours import VIRTUAL, begins_at, page, write_project

pytestmark = pytest.mark.browser

KEYS = ("key", "code", "keyCode", "charCode", "which", "shiftKey", "location", "repeat", "data")
MOUSE = ("clientX", "clientY", "button", "buttons", "detail", "pointerType")
EVENTS = (
    "keydown keypress beforeinput input keyup focusin focusout change"
    " pointerdown mousedown pointerup mouseup click dblclick"
)
#: Words at fractions of pixels, some over two lines, each in its own size.
WORDS = "".join(
    f"<u id=u{n} style='position:relative;top:{n / 7:.3f}px;font-size:{11 + n / 3:.2f}px'>"
    f"{'il' * n}x{'<br>' if n % 3 == 1 else ''}{'m' * (n % 3)}</u> "
    for n in range(9)
)
FORM = page(
    f"""{WORDS}<style>*{{margin:3px}}%23over{{position:absolute;left:300px;top:0;width:90px;height:90px}}
    </style><input id=f value=ab> <textarea id=t>one</textarea><br>
    <button id=b style='width:61px;height:27px'>press <b id=in>me</b></button>
    <button id=covered style='position:absolute;left:310px;top:20px'>no</button><i id=over></i>
    <input id=off disabled><input id=unseen style='opacity:0'><input id=n type=number>
    <button id=none style='display:none'>x</button><button id=opaque style='opacity:0'>o</button>
    <span id=wrapped style='line-height:40px'>a link of <a id=l href='%23x'>many words
    that go<br>on</a></span><p id=host></p><select id=s><option>1<option id=o>2</select>
    <button id=far style='position:absolute;top:2000px'>far</button>
    <input id=c type=checkbox><label id=w for=c>w</label><input id=a oninput='alert(1)'>
    <button id=asks onclick='alert(2)'>?</button><a id=away href='about:blank'>z</a>
    <input id=minds onblur='alert(3)'>""",
    f"""window.log=[];const ours={[*KEYS, *MOUSE]};
    for(const type of '{EVENTS}'.split(' ')) addEventListener(type,e=>log.push([type,
      e.composedPath()[0].id||e.composedPath()[0].nodeName,e.isTrusted,
      ...ours.map(k=>e[k]??null)]),true);
    host.attachShadow({{mode:'open'}}).innerHTML='<button id=inner>in</button>'""",
)
DOES = f"""{begins_at(FORM)}
    import json, os
    from selenium.webdriver import Keys
    from selenium.common.exceptions import WebDriverException
    from forge.workers.recording.hand import hand

    if os.environ["KEPT"].endswith("elastic-"):  # there, clicks are the driver's own
        hand.press_point = lambda *_: None

    def find(browser, name):
        return browser.find_element(By.ID, name)

    def tried(do, *args):
        try:
            return do(*args)
        except WebDriverException as problem:
            return type(problem).__name__

    def keep(browser, name, *more):
        told = {{"log": browser.execute_script("return log.splice(0)"), "more": more}}
        with open(os.environ["KEPT"] + name, "w") as file:
            json.dump(told, file)

    @tour.step("types")
    def types(browser):
        find(browser, "f").send_keys("Ab 1,.-Z")
        find(browser, "t").send_keys(" two Three")
        find(browser, "f").send_keys("x")
        find(browser, "n").send_keys("12")
        find(browser, "t").send_keys("a", Keys.ENTER, "b", Keys.RETURN, "c\\nd")
        find(browser, "f").send_keys("yz" + Keys.ENTER)
        keep(browser, "types", *(find(browser, one).get_property("value") for one in "ftn"))

    @tour.step("clicks")
    def clicks(browser):
        words = [f"u{{n}}" for n in range(9)]
        for one in ("b", "in", "l", "w", "c", "s", "o", "far", "f", *words):
            find(browser, one).click()
        find(browser, "host").shadow_root.find_element(By.CSS_SELECTOR, "#inner").click()
        keep(browser, "clicks", browser.current_url[-2:], find(browser, "c").is_selected())

    @tour.step("fails")
    def fails(browser):
        browser.execute_script("scrollTo(0, 0)")
        found = [tried(find(browser, one).click) for one in ("covered", "none", "opaque")]
        found += [tried(find(browser, one).send_keys, "x") for one in ("off", "unseen", "none")]
        found += [tried(find, browser, "nobody"), tried(browser.find_element, "css selector", "]")]
        gone = find(browser, "host")
        browser.execute_script("host.remove()")
        keep(browser, "fails", *found, tried(gone.click), tried(gone.send_keys, "x"))

    @tour.step("asks")
    def asks(browser):
        said = []
        find(browser, "a").send_keys("b")
        said.append(browser.switch_to.alert.text)
        browser.switch_to.alert.accept()
        find(browser, "asks").click()
        said.append(browser.switch_to.alert.text)
        browser.switch_to.alert.accept()
        find(browser, "minds").send_keys("q")
        said.append(tried(find(browser, "f").send_keys, "r"))
        said.append(tried(lambda: browser.switch_to.alert.text))
        tried(lambda: browser.switch_to.alert.accept())
        keep(browser, "asks", *said)

    @tour.step("leaves")
    def leaves(browser):
        find(browser, "f").clear()
        log = browser.execute_script("return log.splice(0)")
        find(browser, "away").click()
        more = [browser.current_url, tried(find, browser, "f")]
        with open(os.environ["KEPT"] + "leaves", "w") as file:
            json.dump({{"log": log, "more": more}}, file)
"""


def test_devtools_commands_behave_like_webdriver(tmp_path: Path) -> None:
    clocks = ("elastic", "virtual")
    projects = [
        write_project(tmp_path / clock, DOES, video=VIRTUAL.replace("virtual", clock))
        for clock in clocks
    ]
    # What the pages have seen is compared, and no video.
    recorded = [partial(p.rendered, "--phase", "record") for p in projects]
    side_by_side(
        *(
            partial(record, KEPT=f"{project.folder}/kept-{project.folder.name}-")
            for record, project in zip(recorded, projects, strict=True)
        )
    )
    kept: dict[str, dict[str, Any]] = {
        project.folder.name: {
            path.name.split("-")[2]: json.loads(path.read_text())
            for path in project.folder.glob("kept-*")
        }
        for project in projects
    }
    for told in kept.values():  # the alert may come before or after the key is released
        told["asks"]["log"] = [one for one in told["asks"]["log"] if one[0] != "keyup"]
    assert kept["virtual"] == kept["elastic"]
    assert len(kept["virtual"]) == 5 and len(kept["virtual"]["types"]["log"]) > 100
    assert kept["virtual"]["types"]["more"] == ["abAb 1,.-Zxyz", "one two Threea\nb\nc\nd", "12"]
    assert kept["virtual"]["asks"]["more"][:2] == ["1", "2"]
    assert kept["virtual"]["leaves"]["more"] == ["about:blank", "NoSuchElementException"]
