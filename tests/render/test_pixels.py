"""Pixels from the framebuffer on pages that are not drawn twice to the byte."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.media import shown
from tests.support.project import Project

pytestmark = pytest.mark.browser
WINDOW = """
    [voice]
    engine = "silent"
    [video]
    width = 960
    height = 540
    clock = "virtual"
    [style]
    cards = false
"""
FIELDS = """
    <!doctype html><style>
    body { font: 16px/1.43 sans-serif; background: #f4f4f4; padding: 20.42px }
    p { display: inline-block; width: 27.37%; margin: 3.21px; padding: 3.3px 7.7px;
        background: #fff; border: 1px solid #d4d4d8; transition: box-shadow .2s }
    p:focus-within { box-shadow: 0 3px 14px rgba(30,60,200,.3) }
    input { width: 75.13%; font-size: 17.3px; padding: 3px; border: 1px solid #ccc;
            transition: box-shadow .15s, border-color .15s }
    input:focus { outline: none; border-color: #f97316;
                  box-shadow: 0 0 0 3px rgba(249,115,22,.3), inset 0 2px 4px rgba(0,0,0,.06) }
    svg { width: 19.5px; height: 19.5px; transition: transform .3s }
    p:focus-within svg { transform: rotate(90deg) translateX(.3px) }
    </style><script>
    for (let n = 0; n < 24; n++) {
      const radius = 2 + n * 37 % 17 + n % 3 * .37, soft = 1 + n * 7 % 13;
      document.write(`<p style="border-radius:${radius}px;
        box-shadow:0 ${n % 5}px ${soft}px rgba(0,0,0,.${1 + n % 4})"><svg viewBox="0 0 24 24">
        <path d="M4 4l16 8-16 8z" fill="#411"/></svg> <input style="border-radius:${radius / 2}px">
        </p>`);
    }
    </script>
"""
TOUR = """
    from pathlib import Path
    from forge import By, Tutorial
    from forge.workers.recording.virtual.pixels.framebuffer import Framebuffer

    PAGE = (Path(__file__).parents[1] / "page.html").as_uri()
    fields, smudged = Tutorial("Fields", id="fields"), Tutorial("Smudged", id="smudged")
    reads = Framebuffer._read

    def smudge(framebuffer, place, into):
        read = reads(framebuffer, place, into)
        if into.shape[0] == 540:
            into[4:14, 4:9, :3] = 0
        return read

    @fields.setup
    @smudged.setup
    def go(browser):
        browser.get(PAGE)

    def fill_in(browser):
        for field in browser.find_elements(By.TAG_NAME, "input")[::2]:
            field.send_keys("Sourdough")

    @fields.step
    def fill(browser):
        '''Fill them in.'''
        fill_in(browser)

    @smudged.step
    def begin(browser):
        '''Begin.'''
        browser.find_element(By.TAG_NAME, "input").send_keys("Sourdough")
        Framebuffer._read = smudge  # as if another window lay over a corner of this one

    @smudged.step
    def go_on(browser):
        '''Go on.'''
        fill_in(browser)
        browser.find_element(By.TAG_NAME, "input").send_keys("Sourdough")

    @smudged.teardown
    def clean(browser):
        Framebuffer._read = reads
"""
DOUBT = "as read differ from a screenshot"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Render both tutorials once."""
    project = Project(tmp_path_factory.mktemp("pixels"))
    project.write("forge.toml", WINDOW)
    project.write("page.html", FIELDS)
    project.write("tutorials/tour.py", TOUR)
    yield project.rendered("-j", "1")


def test_blurred_fields_are_read_to_the_end(project: Project) -> None:
    assert DOUBT not in project.log("jobs/fields")
    assert len(project.take("fields").frames) > 128, "as many as are read before a proof"


def test_doubted_pixels_fall_back_to_screenshots(project: Project) -> None:
    (said,) = (line for line in project.log("jobs/smudged").splitlines() if DOUBT in line)
    assert "in 50 by more than" in said, said
    corners = [frame.rgb()[8, 6].max() < 100 for frame in shown(project.video("smudged"))]
    assert True in corners and not corners[-1]
