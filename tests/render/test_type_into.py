"""`type_into` in fields of all kinds: on both clocks, and in a browser that is not recorded."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from forge import By, field, type_into
from forge.errors import RecordingError
from forge.model.machine import Machine
from forge.model.settings import Browser, Settings
from forge.workers.recording.browser.find import find_browser
from forge.workers.recording.browser.launch import launch
from tests.support.beside import side_by_side
from tests.support.editors import served
from tests.support.project import Project
from tests.support.tours import SMALL

pytestmark = pytest.mark.browser

OWN = """<textarea id=pairs></textarea><input id=phone><input id=named value=old>
<input type=password id=word><select id=list><option value=a>Alpha<option value=b>Beta</select>
<input type=date id=day><div id=host></div><div id=rich contenteditable></div>
<iframe id=frame style="height:60px" srcdoc="<textarea aria-label=Inner></textarea>"></iframe>
<div id=anew><input id=fresh></div><input id=three oninput="
  if (this.value.length === 3) alert('Three?')">
<input type=date id=late onchange="alert('Too late?')"><script>
const by = id => document.getElementById(id), pairs = {'(': ')', '[': ']', '"': '"'};
by('pairs').addEventListener('keydown', e => {
  const it = e.target, at = it.selectionStart, next = it.value[at];
  const over = next === e.key && Object.values(pairs).includes(e.key);
  if (!over && !pairs[e.key]) return;
  e.preventDefault();
  if (!over) it.setRangeText(e.key + pairs[e.key], at, at, 'end');
  it.setSelectionRange(at + 1, at + 1);
});
by('phone').oninput = () => { const d = by('phone').value.replace(/[^0-9]/g, '').slice(0, 10);
  by('phone').value = d.length > 6 ? `(${d.slice(0, 3)}) ${d.slice(3, 6)}-${d.slice(6)}`
    : d.length > 3 ? `(${d.slice(0, 3)}) ${d.slice(3)}` : d };
const listen = it => it.addEventListener('input', () => { const anew = it.cloneNode();
  anew.value = it.value; it.replaceWith(anew); anew.focus();
  anew.setSelectionRange(anew.value.length, anew.value.length); listen(anew) });
listen(by('fresh'));
by('host').attachShadow({mode: 'open'}).innerHTML = '<div id=in contenteditable>x</div>';
</script>"""
TOUR = """
    from forge import By, Tutorial, field, type_into

    tour = Tutorial("Fields", id="tour", summary="x")

    @tour.step("")
    def fields(browser):
        browser.get(URL + "own")

        def enter(name, text, found=None, **how):
            type_into(browser, (By.ID, name), text, **how)
            now = browser.find_element(By.ID, name)
            value = now.get_attribute("value") if name != "rich" else now.text
            assert value == (found or text), value

        enter("pairs", 'print("Hi (you)", [1')
        enter("phone", "0305550199", "(030) 555-0199")
        enter("named", "er", "older")
        enter("named", "new", replace=True)
        enter("word", "s3cret!")
        enter("list", "Beta", "b")
        enter("day", "2026-05-31")
        enter("rich", 'One (1)\\nTwo "x"')
        enter("fresh", "Plan, Part 2: Costs & Risks")
        inner = browser.find_element(By.ID, "host").shadow_root.find_element(By.ID, "in")
        type_into(browser, inner, "in\\nit")
        assert inner.text == "xin\\nit", inner.text
        type_into(browser, field("Inner"), "in a\\nframe")
        value = browser.find_element(*field("Inner")).get_attribute("value")
        assert value == "in a\\nframe", value

        for name, text, asked in (("three", "abc", "Three?"), ("late", "2026-05-31", "Too late?")):
            type_into(browser, (By.ID, name), text)
            assert browser.switch_to.alert.text == asked
            browser.switch_to.alert.accept()
            assert browser.find_element(By.ID, name).get_attribute("value") == text
"""
CLOCKS = ("virtual", "elastic")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("no-packages"), {"own": OWN}) as address:
        yield f"{address}/"


@pytest.fixture(scope="module")
def renders(url: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Project]:
    def project(clock: str) -> Project:
        made = Project(tmp_path_factory.mktemp(clock))
        settings = SMALL.replace("elastic", clock)
        made.write("forge.toml", f"{settings}\n    [hand]\n    typing = 60")
        made.write("tutorials/tour.py", f"URL = {url!r}\n" + TOUR.replace("\n    ", "\n"))
        return made

    phases = (), ("--phase", "record")  # one video is enough
    both = side_by_side(
        *(
            partial(project(clock).rendered, *phase)
            for clock, phase in zip(CLOCKS, phases, strict=True)
        )
    )
    return dict(zip(CLOCKS, both, strict=True))


@pytest.mark.parametrize("clock", CLOCKS)
def test_every_field_has_the_text(renders: dict[str, Project], clock: str) -> None:
    (step,) = renders[clock].take("tour").steps  # the tutorial compares the texts
    kinds = [hand.kind for hand in step.interactions if hand.kind != "open"]
    assert kinds[:11] == [*["type"] * 5, *["choose"] * 2, *["type"] * 4]
    assert kinds[11:] == ["type", "answer", "type", "answer"]


def test_password_is_in_no_file_of_the_render(renders: dict[str, Project]) -> None:
    for project in renders.values():
        for path in (project.folder / ".forge").rglob("*"):
            assert path.is_dir() or b"s3cret!" not in path.read_bytes(), path


def test_browser_that_is_not_recorded_types_too(url: str, tmp_path: Path) -> None:
    found = find_browser(Browser())
    machine = Machine(browser=found.binary, driver=found.driver, clock="elastic")
    browser, end = launch(Settings(project_dir=tmp_path), machine, tmp_path)
    try:
        browser.get(f"{url}own")
        type_into(browser, field("Inner"), "one\ntwo (")
        assert browser.find_element(*field("Inner")).get_attribute("value") == "one\ntwo ("
        with pytest.raises(RecordingError, match="is no field or editor"):
            type_into(browser, (By.TAG_NAME, "body"), "x")
        with pytest.raises(RecordingError, match="no option 'Gamma'") as caught:
            type_into(browser, (By.ID, "list"), "Gamma")
        assert "Alpha, Beta" in caught.value.hint
        with pytest.raises(RecordingError, match="several lines"):
            type_into(browser, (By.ID, "named"), "a\nb")
        with pytest.raises(RecordingError, match="was given a key"):
            type_into(browser, (By.ID, "named"), Keys.ENTER)
        for name, text in (("three", "abc"), ("late", "2026-05-31")):
            type_into(browser, (By.ID, name), text)
            browser.switch_to.alert.accept()
            assert browser.find_element(By.ID, name).get_attribute("value") == text
        with pytest.raises(RecordingError, match=r"before the whole text was typed: 'Three\?'"):
            type_into(browser, (By.ID, "three"), "abcd", replace=True)
    finally:
        end()
