"""`type_into` in the editors themselves, on the virtual clock and in real time.

One tutorial visits pages with real editors (npm packages). After each text it asserts what the page
has then.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.support.beside import side_by_side
from tests.support.editors import BODIES, installed_editors, served
from tests.support.project import Project
from tests.support.tours import SMALL

pytestmark = [pytest.mark.apps, pytest.mark.browser, pytest.mark.slow]

TOUR = """
    import json
    from pathlib import Path
    from forge import By, Tutorial, type_into
    from selenium.webdriver.support.wait import WebDriverWait

    tour = Tutorial("Editors", id="tour", summary="x")
    TEXTS = json.loads((Path(__file__).parents[1] / "texts.json").read_text())

    def step_for(name, text):
        @tour.step("", id=name)
        def step(browser):
            browser.get(URL + name)
            WebDriverWait(browser, 20).until(lambda b: b.execute_script("return !!window.shown"))
            type_into(browser, (By.ID, "code"), text)
            found = browser.execute_script("return shown()")
            assert found == text, found

    for name, text in TEXTS.items():
        step_for(name, text)
"""
PYTHON = "def f(x):\n    if x:\n        p(f\"{x}: it's [\")\n    return {\n        1}\n\nf('it"
HTML = '<ul>\n  <li class="a">One</li>\n</ul>\n<p>it\'s (odd'
TEXTS = {
    "cm5-html": HTML,
    "cm6": PYTHON,
    "monaco": PYTHON,
    "monaco-inside": 'f({\n    a: ["x"',
    "ace-html": HTML,
    "prose": 'See "Plan (draft)" [2].\nAnd 🎉\n\nmore',
}
SLOW = ("cm6",)  # in real time, each key takes a round trip through chromedriver


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    pages = {name: BODIES[name] for name in TEXTS}
    with served(installed_editors(), pages) as address:
        yield f"{address}/"


@pytest.fixture(scope="module")
def renders(url: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Project]:
    def project(clock: str) -> Project:
        made = Project(tmp_path_factory.mktemp(clock))
        settings = SMALL.replace("elastic", clock)
        made.write("forge.toml", f"{settings}\n    [hand]\n    typing = 40")
        made.write("tutorials/tour.py", f"URL = {url!r}\n" + TOUR.replace("\n    ", "\n"))
        texts = TEXTS if clock == "virtual" else {name: TEXTS[name] for name in SLOW}
        made.write("texts.json", json.dumps(texts))
        return made

    clocks = ("virtual", "elastic")
    both = side_by_side(*(project(clock).rendered for clock in clocks))
    return dict(zip(clocks, both, strict=True))


@pytest.mark.parametrize("clock", ["virtual", "elastic"])
def test_every_editor_has_the_text_and_the_hand_went_to_it(
    renders: dict[str, Project], clock: str
) -> None:
    project = renders[clock]
    assert project.code == 0, project.output  # the tutorial compares the texts
    steps = {step.id: step for step in project.manifest("tour").steps}
    for name in TEXTS if clock == "virtual" else SLOW:
        (typed,) = (hand for hand in steps[name].interactions if hand.kind == "type")
        assert typed.box
        assert typed.box[2] > 100, "the visible editor, not its hidden field"
        assert typed.until_ms is not None
        assert typed.until_ms - typed.at_ms > 700, "key by key"
