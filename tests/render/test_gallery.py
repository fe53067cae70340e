"""The page of a batch in a real browser, opened as a file, wide and narrow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.support.project import Project
from tests.support.tours import SMALL, page

pytestmark = pytest.mark.browser
WAIT_S = 20

TOUR = f"""
    from forge import Tutorial
    tour = Tutorial("<script>document.title='run'</script> & \\"tour\\" & c", id="tour")

    @tour.setup
    def go(browser):
        browser.get({page("<h1 id=h>One</h1>")!r})

    @tour.step
    def one(browser):
        '''Less < than & more.'''

    @tour.step
    def two(browser):
        '''And now it says two.'''
        browser.execute_script("h.textContent = 'Two'")
"""
BROKEN = TOUR.replace("h.textContent", "nothing.there").replace('id="tour"', 'id="broken"')


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Render a tutorial in two languages and one that fails."""
    project = Project(tmp_path_factory.mktemp("gallery") / "a project #1")
    project.write("forge.toml", 'languages = ["en", "es"]\nretries = 0\n' + SMALL)
    project.write("tutorials/tour.py", TOUR)
    project.write("tutorials/tour.es.json", '{"one": "Uno.", "two": "Y ahora dos."}')
    project.write("tutorials/broken.py", BROKEN)
    project.write("tutorials/broken.es.json", "{}")
    project.render("-j", "2", "--keep-going")
    assert project.code == 1, project.output
    return project


@pytest.fixture
def shown(batch: Project, chrome: webdriver.Chrome) -> webdriver.Chrome:
    """Open the page from the disk."""
    chrome.get((batch.folder / "dist" / "index.html").as_uri())
    return chrome


def number(video: WebElement, name: str) -> float:
    """Return the property `name` of `video`, in seconds."""
    value = video.get_property(name)
    assert isinstance(value, int | float)
    return value


def wait_for_time(chrome: webdriver.Chrome, video: WebElement, after_s: float) -> None:
    """Wait until `video` has played beyond `after_s`."""
    WebDriverWait(chrome, WAIT_S).until(lambda _: number(video, "currentTime") > after_s)


def logged(chrome: webdriver.Chrome, kind: str) -> list[dict[str, Any]]:
    """Return what was added to the log `kind` since the last call."""
    entries: list[dict[str, Any]] = chrome.get_log(kind)  # type: ignore[no-untyped-call]
    return entries


def visible(chrome: webdriver.Chrome) -> list[str | None]:
    cards = chrome.find_elements(By.CSS_SELECTOR, ".card")
    return [card.get_attribute("id") for card in cards if card.is_displayed()]


def choose(chrome: webdriver.Chrome, name: str, value: str) -> None:
    button = chrome.find_element(By.CSS_SELECTOR, f"input[name={name}][value={value!r}]")
    button.find_element(By.XPATH, "..").click()


def test_videos_play_from_disk_with_captions(batch: Project, shown: webdriver.Chrome) -> None:
    plays = shown.find_elements(By.CSS_SELECTOR, ".card.done .play")
    assert len(plays) == 2
    said = []
    for play, job in zip(plays, ("tour.en", "tour.es"), strict=True):
        ActionChains(shown).scroll_to_element(play).perform()
        play.click()
        video = shown.find_element(By.CSS_SELECTOR, f"[id='job-{job}'] video")
        wait_for_time(shown, video, 0.4)
        assert abs(number(video, "duration") - batch.manifest(job).total_ms / 1000) < 0.05
        assert video.get_property("controls") is True
        said.append(
            shown.execute_script(
                "const [track] = arguments[0].textTracks; const [cue] = track.activeCues;"
                "return [track.mode, track.language, cue.getCueAsHTML().textContent]",
                video,
            )
        )
    assert said == [["showing", "en", "Less < than & more."], ["showing", "es", "Uno."]]
    playing = "return [...document.querySelectorAll('video')].filter(v => !v.paused).length"
    assert shown.execute_script(playing) == 1, "the first goes on beneath the second"


def test_transcript_line_seeks_the_video(shown: webdriver.Chrome) -> None:
    card = shown.find_element(By.ID, "job-tour.en")
    card.find_element(By.CSS_SELECTOR, ".transcript summary").click()
    line = card.find_elements(By.CSS_SELECTOR, ".transcript button")[1]
    line.click()
    begins_s = float(line.get_attribute("data-from") or 0)
    video = card.find_element(By.TAG_NAME, "video")
    wait_for_time(shown, video, begins_s)


def test_failure_shows_place_reason_and_screen(batch: Project, shown: webdriver.Chrome) -> None:
    card = shown.find_element(By.ID, "job-broken.en")
    told = card.find_element(By.CSS_SELECTOR, ".failure").text
    assert "step two" in told.replace("\n", " ")
    assert "nothing is not defined" in told
    assert f"{batch.folder}/tutorials/broken.py:16" in told
    shot = card.find_element(By.CSS_SELECTOR, ".frame img")
    assert shot.get_property("naturalWidth") == 640


@pytest.mark.parametrize(("width", "height"), [(1360, 900), (390, 844)])
def test_nothing_overflows_at_either_width(
    shown: webdriver.Chrome, width: int, height: int
) -> None:
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    shown.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        for summary in shown.find_elements(By.CSS_SELECTOR, "summary"):
            shown.execute_script("arguments[0].parentElement.open = true", summary)
        script = """
            const out = [...document.querySelectorAll('body *')].filter(
                (e) => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 0.5);
            const { scrollWidth, clientWidth } = document.documentElement;
            return [innerWidth, scrollWidth - clientWidth, out.map((e) => e.outerHTML)];
        """
        assert shown.execute_script(script) == [width, 0, []]
        columns = {card.location["x"] for card in shown.find_elements(By.CSS_SELECTOR, ".card")}
        assert (len(columns) == 1) == (width < 500)
    finally:
        shown.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_filters_hide_other_jobs(shown: webdriver.Chrome) -> None:
    jobs = ["job-broken.en", "job-broken.es", "job-tour.en", "job-tour.es"]
    assert visible(shown) == jobs
    choose(shown, "status", "failed")
    assert visible(shown) == jobs[:2]
    choose(shown, "lang", "es")
    assert visible(shown) == ["job-broken.es"]
    assert shown.find_element(By.TAG_NAME, "output").text == "1 of 4"
    shown.find_element(By.CSS_SELECTOR, "[name=text]").send_keys("ahora")
    assert visible(shown) == []
    assert shown.find_element(By.ID, "none").is_displayed()
    shown.find_element(By.CSS_SELECTOR, ".gantt a").click()
    assert visible(shown) == jobs, "the lanes lead to jobs that were hidden"


def test_keyboard_reaches_filters_and_videos(shown: webdriver.Chrome) -> None:
    keys = ActionChains(shown)
    keys.send_keys(Keys.TAB, "ahora", Keys.TAB, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT).perform()
    checked = shown.find_element(By.CSS_SELECTOR, "input[name=status]:checked")
    assert checked.get_attribute("value") == "done"
    assert visible(shown) == ["job-tour.es"]
    keys.send_keys(Keys.TAB, Keys.TAB, Keys.ENTER).perform()
    video = shown.find_element(By.CSS_SELECTOR, "[id='job-tour.es'] video")
    wait_for_time(shown, video, 0)
    assert shown.execute_script("return document.activeElement.localName") == "video"


def test_page_runs_no_text_and_loads_nothing(batch: Project, chrome: webdriver.Chrome) -> None:
    chrome.get("about:blank")
    for kind in ("browser", "performance"):
        logged(chrome, kind)
    chrome.get((batch.folder / "dist" / "index.html").as_uri())
    heading = chrome.find_element(By.CSS_SELECTOR, "[id='job-tour.en'] h2").text
    assert heading == "<script>document.title='run'</script> & \"tour\" & c"
    assert chrome.title == "a project #1: 2 failed, 2 done"
    chrome.find_element(By.CSS_SELECTOR, ".play").click()
    video = chrome.find_element(By.TAG_NAME, "video")
    wait_for_time(chrome, video, 0)
    messages = [json.loads(entry["message"])["message"] for entry in logged(chrome, "performance")]
    asked = {
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    }
    folder = (batch.folder / "dist").as_uri()
    posters = {f"{folder}/tour.{lang}.jpg" for lang in ("en", "es")}
    assert {url for url in asked if not url.startswith("data:")} - posters == {
        f"{folder}/index.html",
        f"{folder}/tour.en.mp4",
    }
    assert logged(chrome, "browser") == []
    assert not any(path.suffix == ".part" for path in Path(batch.folder / "dist").iterdir())
