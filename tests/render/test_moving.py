"""A page that never stands still: no time of it is missing in the video."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.media import shown
from tests.support.tours import begins_at, page, write_project

pytestmark = pytest.mark.browser

TICK_PX = 4
#: A bar grows by TICK_PX ten times a second; after 1.5 and 4.5 seconds, it says so.
BAR = page(
    "<div id=b style='width:0;height:80px;background:red'></div><button id=go>go</button>"
    "<p id=one hidden>one</p><p id=two hidden>two</p>",
    f"let n=0;go.onclick=()=>setInterval(()=>{{b.style.width={TICK_PX}*++n+'px';"
    "one.hidden=n<15;two.hidden=n<45},100)",
)
TOUR = f"""{begins_at(BAR)}
    @tour.step(wait_for=(By.ID, "one"))
    def late(browser):
        '''The click comes late in this sentence: now {{here}} click.'''
        browser.find_element(By.ID, "go").click()

    @tour.step(wait_for=(By.ID, "two"))
    def long(browser):
        '''Go on.'''

    @tour.step
    def last(browser):
        '''Look.'''
"""
SETTINGS = "[style]\ncursor = false\ncards = false\n"


@pytest.mark.parametrize("clock", ["virtual", pytest.param("elastic", marks=pytest.mark.alone)])
def test_a_moving_page_does_not_jump_in_time(tmp_path: Path, clock: str) -> None:
    project = write_project(tmp_path, TOUR, SETTINGS).rendered("--clock", clock)
    rows = (frame.rgb()[40].astype(int) for frame in shown(project.video("tour")))
    ticks = [round(int((row[:, 0] - row[:, 1] > 120).sum()) / TICK_PX) for row in rows]
    assert ticks[-1] >= 60, "two steps have waited for it"
    assert all(0 <= after - before <= 2 for before, after in pairwise(ticks)), ticks
