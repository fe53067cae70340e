"""`forge watch` as its author sees it: a real page, real pictures and sound, after real changes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import psutil
import pytest

from forge.model.machine import Machine
from forge.model.settings import Browser, Settings, Video
from tests.support.processes import eventually
from tests.support.project import ROOT, Project
from tests.support.tours import SMALL, begins_at, page, write_project

pytestmark = pytest.mark.browser
LIMIT_S = 40.0

TOUR = f"""{begins_at(page("<button id=b onclick='this.style.color=`red`'>Press</button>"))}
    @tour.step
    def look(browser):
        "Look at the page."

    @tour.step
    def press(browser):
        "Press the button."
        browser.find_element(By.ID, "b").click()
"""


class Author:
    """A project that is watched, and the page in a browser beside the editor."""

    def __init__(self, project: Project, browser: Any, url: str) -> None:
        self.project, self.browser = project, browser
        self.file = project.folder / "tutorials" / "tour.py"
        browser.get(url)

    def save(self, old: str, new: str, name: str = "tutorials/tour.py") -> None:
        file = self.project.folder / name
        file.write_text(file.read_text().replace(old, new))

    def shows(self, id: str) -> str:  # noqa: A002
        return str(self.browser.find_element("id", id).text)

    def sees(self, what: Callable[[], bool]) -> bool:
        assert eventually(what, LIMIT_S), self.browser.find_element("tag name", "body").text
        return True

    @property
    def clip(self) -> str | None:
        """The clip in the player, if it is of the present version."""
        player = self.browser.find_element("id", "player")
        if "stale" in player.get_attribute("class"):
            return None
        return str(self.browser.find_element("id", "video").get_attribute("src"))

    def is_up_to_date(self) -> bool:
        return self.clip is not None and self.shows("doing").startswith("up to date")

    def plays(self) -> bool:
        """Return True if the player has a video with pictures that has begun to play."""
        script = "const v = arguments[0]; return [v.videoWidth, v.currentTime, v.error?.message]"
        width, at_s, error = self.browser.execute_script(
            script, self.browser.find_element("id", "video")
        )
        assert error is None
        return bool(width == 640 and at_s > 0)


@pytest.fixture(scope="module")
def author(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Author]:
    from forge.workers.recording.browser.find import find_browser
    from forge.workers.recording.browser.launch import launch

    project = write_project(tmp_path_factory.mktemp("watched"), TOUR, video=SMALL)
    found = find_browser(Browser())
    machine = Machine(browser=found.binary, driver=found.driver, clock="elastic")
    args = ("--autoplay-policy=no-user-gesture-required",)
    wide = Settings(video=Video(width=1200, height=800), browser=Browser(args=args))
    with ExitStack() as stack:
        command = [sys.executable, "-P", "-m", "forge", "watch", "--project", str(project.folder)]
        watch = stack.enter_context(
            subprocess.Popen(
                command,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        assert watch.stdout
        browser, end = launch(wide, machine, tmp_path_factory.mktemp("page"))
        stack.callback(end)
        line = watch.stdout.readline()
        url = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert url, line + watch.stdout.read()
        yield Author(project, browser, url[0])
        started = psutil.Process(watch.pid).children(recursive=True)
        watch.send_signal(signal.SIGINT)
        said, _ = watch.communicate(timeout=LIMIT_S)
        assert watch.returncode == 0, said
        assert started
        _, alive = psutil.wait_procs(started, timeout=5)
        assert not [one for one in alive if one.status() != psutil.STATUS_ZOMBIE]


def test_page_shows_and_plays_the_steps(author: Author) -> None:
    assert author.sees(author.is_up_to_date)
    steps = author.browser.find_elements("css selector", "#steps button")
    assert [step.get_attribute("value") for step in steps] == ["look", "press"]
    pictures = author.browser.find_elements("css selector", "#steps img")
    script = "return arguments[0].every((one) => one.complete && one.naturalWidth === 640)"
    assert author.sees(lambda: bool(author.browser.execute_script(script, pictures)))
    steps[1].click()
    assert author.sees(lambda: author.shows("title") == "press" and author.plays())
    assert steps[1].get_attribute("aria-current") == "step"
    assert author.shows("narration") == "Press the button."
    assert not list(author.project.folder.glob("dist/*")), "no video is written"


def test_changed_sentence_is_heard_without_another_recording(author: Author) -> None:
    assert author.sees(author.is_up_to_date)
    before = author.clip
    recorded = (author.project.work("tour") / "take.json").stat().st_mtime_ns
    author.save("Look at the page.", "Look at the whole page, and take your time.")
    assert author.sees(lambda: author.shows("title") == "look")
    assert author.sees(lambda: author.is_up_to_date() and author.clip != before)
    assert "take your time" in author.shows("narration")
    assert (author.project.work("tour") / "take.json").stat().st_mtime_ns == recorded


def test_changed_style_is_drawn(author: Author) -> None:
    assert author.sees(author.is_up_to_date)
    picture = author.browser.find_element("css selector", "#steps img")
    before = picture.get_attribute("src")
    author.save("[voice]", '[style]\ncaptions = "burn"\n[voice]', "forge.toml")
    assert author.sees(lambda: author.is_up_to_date() and picture.get_attribute("src") != before)


def test_mistake_is_shown_with_its_place_until_it_is_mended(author: Author) -> None:
    assert author.sees(author.is_up_to_date)
    author.save("import By", "import Bye")
    assert author.sees(lambda: f"{author.file}:2" in author.shows("message"))
    author.save("import Bye", "import By")
    assert author.sees(lambda: not author.browser.find_element("id", "problem").is_displayed())
    author.save('By.ID, "b"', 'By.ID, "nowhere"')
    assert author.sees(lambda: "NoSuchElement" in author.shows("message"))
    assert re.search(r"tour\.py:\d+, step press", author.shows("where"))
    assert author.sees(lambda: author.browser.find_element("id", "screenshot").is_displayed())
    author.save('By.ID, "nowhere"', 'By.ID, "b"')
    assert author.sees(author.is_up_to_date)
    assert not author.browser.find_element("id", "problem").is_displayed()
