"""The history of a window on the virtual clock: documents by links, and addresses within one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.editors import served
from tests.support.tours import VIRTUAL, write_tours

pytestmark = pytest.mark.browser

ONE = (
    """<p id=out>one</p><a id=link href=two>two</a><form action=two><input id=word name=w></form>"""
)
TWO = """<p id=out>two</p><button id=back onclick="history.back()">back</button>
<button id=push onclick="go('pushed')">push</button><a id=hash href="#part">part</a>
<input id=word onkeydown="if (event.key === 'Enter') go('entered')"><script>
const go = word => { history.pushState({}, '', '?' + word); out.textContent = word };
onhashchange = () => { if (location.hash) out.textContent = location.hash };
onpopstate = event => { if (!location.hash) out.textContent = 'popped' };
late = [];
for (const type of ['pointerdown', 'click', 'keydown', 'input', 'keyup'])
  addEventListener(type, event => late.push(Math.abs(event.timeStamp - performance.now())), true);
</script>"""
HEAD = """
    from forge import By, Tutorial
    from selenium.webdriver import Keys
    from selenium.webdriver.support.wait import WebDriverWait
    tour = Tutorial("A tour", id="tour", summary="x")

    @tour.setup
    def go(browser):
        browser.get("URL/one")

    def press(browser, name):
        browser.find_element(By.ID, name).click()

    def shows(browser, word):
        WebDriverWait(browser, 5).until(lambda b: b.find_element(By.ID, "out").text == word)

    @tour.step("")
    def act(browser):
"""
TOURS = {
    "link": """
        press(browser, "link")
        press(browser, "push")
        shows(browser, "pushed")
        press(browser, "hash")
        shows(browser, "#part")
        browser.back()
        shows(browser, "popped")
        late = browser.execute_script("return late")
        assert len(late) == 4 and max(late) == 0, late
""",
    "enter": """
        browser.find_element(By.ID, "word").send_keys("x", Keys.ENTER)
        shows(browser, "two")
        browser.find_element(By.ID, "word").send_keys("x" + Keys.ENTER)
        shows(browser, "entered")
        late = browser.execute_script("return late")
        assert len(late) > 4 and max(late) == 0, late
""",
    "back": """
        browser.get("URL/two")
        press(browser, "back")
        shows(browser, "one")
""",
}


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with served(tmp_path / "no-packages", {"one": ONE, "two": TWO}) as address:
        yield address


def test_documents_and_addresses_within_them(url: str, tmp_path: Path) -> None:
    tours = {name: (HEAD + text).replace("URL", url) for name, text in TOURS.items()}
    project = write_tours(tmp_path / "project", tours, video=VIRTUAL)
    project.rendered("--phase", "record", "--keep-going", "--retries", "0", "-j", "2")
