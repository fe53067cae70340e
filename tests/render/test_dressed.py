"""Cards, burned captions, chapters, poster, contact sheet, GIF and preview."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from forge.model.timeline import Manifest
from forge.workers.composing.text.chapters import chapters
from forge.workers.composing.text.cues import cues
from tests.support.media import Shown, at, shown
from tests.support.project import ROOT, Project
from tests.support.tours import SMALL, page

pytestmark = pytest.mark.browser
MakeProject = Callable[..., Project]

FRAME_MS = 1000 / 30
BACKGROUND = (0x20, 0x10, 0x40)
TOUR = f"""
    from forge import By, Tutorial
    tour = Tutorial("A dressed tour", id="tour", objectives=["See it all"], summary="You saw.")

    @tour.setup
    def go(browser):
        browser.get({page("<button id=b style='width:90px;height:90px'>go</button>")!r})

    @tour.step
    def look(browser):
        '''The page is white. Nothing happens on it for now.'''

    @tour.step
    def click(browser):
        '''Then somebody clicks the button.'''
        browser.find_element(By.ID, "b").click()

    @tour.teardown
    def bye(browser):
        print("torn down")
"""
STYLE = """
    contact_sheet = true
    [style]
    captions = "burn"
    background = "#201040"
    accent = "#ff8000"
    cursor = false
"""


def forge(project: Project, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "forge", *args, "--project", str(project.folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.fixture(scope="module")
def dressed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Render once with every option on."""
    project = Project(tmp_path_factory.mktemp("dressed"))
    project.write("forge.toml", STYLE + SMALL)
    project.write("tutorials/tour.py", TOUR)
    yield project.rendered()


@pytest.fixture(scope="module")
def frames(dressed: Project) -> list[Shown]:
    return shown(dressed.video("tour"))


@pytest.fixture(scope="module")
def manifest(dressed: Project) -> Manifest:
    return dressed.manifest("tour")


def near(picture: NDArray[np.uint8], colour: tuple[int, int, int]) -> NDArray[np.bool_]:
    """Return the mask of the pixels near `colour`."""
    return np.asarray((np.abs(picture.astype(int) - colour) < 14).all(axis=2))


def has_pill(frame: Shown) -> bool:
    """Return True if a caption lies over the bottom of the white page."""
    return bool(frame.rgb()[375, 300:340].mean() < 140 and frame.rgb()[5, 5].min() > 200)


def test_video_holds_the_chapters(dressed: Project, manifest: Manifest) -> None:
    with av.open(str(dressed.video("tour"))) as file:
        found = file.chapters()
        assert [stream.type for stream in file.streams][:2] == ["video", "audio"]
        assert file.duration is not None
        assert abs(file.duration / 1000 - manifest.total_ms) < FRAME_MS
    wanted = chapters(manifest, "en")
    assert [c["metadata"]["title"] for c in found] == ["The page is white", wanted[1].title]
    for one, other in zip(found, wanted, strict=True):
        assert one["time_base"] is not None
        tick_ms = float(one["time_base"]) * 1000
        assert abs(one["start"] * tick_ms - other.start_ms) < 1
        assert abs(one["end"] * tick_ms - other.end_ms) < FRAME_MS
    data = dressed.video("tour").read_bytes()
    assert data.find(b"moov") < data.find(b"mdat"), "the index comes first"
    assert dressed.video("tour").with_suffix(".chapters.vtt").read_text().count("-->") == 2
    listed = dressed.video("tour").with_suffix(".chapters.txt").read_text()
    assert listed == "", "YouTube ignores fewer than three chapters"


def test_captions_are_burned_to_the_frame(frames: list[Shown], manifest: Manifest) -> None:
    found = cues(manifest, "en")
    assert len(found) == 2
    for cue in found:
        assert not has_pill(at(frames, cue.start_ms - FRAME_MS))
        assert has_pill(at(frames, cue.start_ms + FRAME_MS))
        assert has_pill(at(frames, cue.end_ms - FRAME_MS))
        assert not has_pill(at(frames, cue.end_ms + FRAME_MS))


def test_cards_use_the_projects_colours(frames: list[Shown], manifest: Manifest) -> None:
    intro, recap = manifest.cards
    for ms in (0, intro.end_ms - 400, recap.start_ms + 400, manifest.total_ms):
        picture = at(frames, ms).rgb()
        assert near(picture, BACKGROUND).mean() > 0.9, ms
        orange = picture[..., 0].astype(int) - picture[..., 2] > 100  # chroma subsampling dulls it
        assert orange.sum() > 40, ms
    for page_ms in (intro.end_ms + FRAME_MS, recap.start_ms - FRAME_MS):
        assert not near(at(frames, page_ms).rgb(), BACKGROUND).any(), page_ms
    halfway = at(frames, intro.end_ms - 150).rgb()[300, 600]
    assert BACKGROUND[0] + 30 < halfway[0] < 225, "it fades"


def test_poster_and_contact_sheet(dressed: Project) -> None:
    video = dressed.video("tour")
    with Image.open(video.with_suffix(".jpg")) as poster:
        assert poster.size == (640, 400)
        assert near(np.asarray(poster), BACKGROUND).mean() > 0.9, "the intro card"
    with Image.open(video.with_suffix(".contact-sheet.jpg")) as sheet:
        picture = np.asarray(sheet)
        assert sheet.width > 1100, "two steps, side by side"
    assert (picture[300:, 20:200] < 100).any(), "labels"


def test_gif_has_captions_and_its_steps_length(dressed: Project, manifest: Manifest) -> None:
    done = forge(dressed, "gif", "--steps", "click", "--width", "320")
    assert done.returncode == 0, done.stderr
    path = dressed.folder / "dist" / "tour.click.gif"
    assert f"{path} (" in done.stdout and " MB)" in done.stdout
    with Image.open(path) as image:
        lengths, dark = 0.0, False
        for picture in ImageSequence.Iterator(image):
            lengths += picture.info["duration"]
            dark = dark or bool(np.asarray(picture.convert("RGB"))[187, 150:170].mean() < 140)
        assert image.size == (320, 200)
    step = manifest.steps[1]
    assert abs(lengths - (step.end_ms - step.start_ms)) <= 100
    assert dark, "the caption"
    wrong = forge(dressed, "gif", "--steps", "look..clik")
    assert wrong.returncode == 2
    assert "tour has no step 'clik'" in wrong.stderr and "did you mean 'click'?" in wrong.stderr
    assert forge(dressed, "gif", "--steps", "click..look").returncode == 2


def test_new_style_needs_no_browser(dressed: Project) -> None:
    take = dressed.take("tour")
    again = dressed.rendered(FORGE_STYLE__BACKGROUND="#004000")
    assert dressed.take("tour") == take
    assert again.batch()[0]["memory_mb"] is None, "no recording was made that could be measured"
    first = shown(dressed.video("tour"))[0].rgb()
    assert near(first, (0, 0x40, 0)).mean() > 0.9
    dressed.rendered(FORGE_STYLE__CARDS="false")
    assert dressed.manifest("tour").cards == ()
    assert shown(dressed.video("tour"))[0].rgb()[300, 600].min() > 240, "the page itself"


def test_preview_shows_the_step_and_tears_down(dressed: Project) -> None:
    done = forge(dressed, "preview", "click", "--out", str(dressed.folder / "click.png"))
    assert done.returncode == 0, done.stderr
    assert "torn down" in done.stdout
    picture = np.asarray(Image.open(dressed.folder / "click.png").convert("RGB"))
    assert picture.shape == (400, 640, 3)
    assert picture[375, 300:340].mean() < 140, "with its caption"
    assert not list(Path(dressed.folder).glob("dist/*.part"))


def test_failure_leaves_a_contact_sheet(make_project: MakeProject) -> None:
    broken = TOUR.replace('By.ID, "b"', 'By.ID, "nowhere"')
    project = make_project(broken)
    assert project.render("--contact-sheet").code == 1
    (result,) = project.batch()
    sheet = project.work("tour") / "contact-sheet.jpg"
    assert ".forge/tour/contact-sheet.jpg" in result["error"]["artifacts"]
    with Image.open(sheet) as picture:
        assert picture.width > 1100, "the good step and the failed one"
    done = forge(project, "preview", "click")
    assert done.returncode == 1
    assert "nowhere" in done.stderr and "shows the screen" in done.stderr
    assert (project.folder / "dist" / "tour.click.png").read_bytes().startswith(b"\x89PNG")
    assert "torn down" in done.stdout
