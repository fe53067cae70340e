"""Pages that depend on the outside world, on the default clock and on the elastic one.

One project has a page and a tutorial for each kind of outside (`features/world.py`) and is rendered
once on each clock. The videos must show every answer, and waits as long as they were.
"""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.render.features.world import ANSWER_S, APART_S, PAGES, WORDS
from tests.support.media import shown
from tests.support.project import Project
from tests.support.tours import FEATURES

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.alone]
SETTINGS = """
    adapter = "world.py:World"
    tutorials = ["worldly.py"]
    keep_going = true
    [voice]
    engine = "silent"
    [video]
    width = 640
    height = 400
    {clock}
"""
GREEN = (0, 170, 0)
ON_BOTH = (
    "reply",
    "kernel",
    "events",
    "stream",
    "worker",
    "timers",
    "shared",
    "channel",
    "poll",
    "patient",
)


def rendered(folder: Path, clock: str, *args: str) -> Project:
    project = Project(folder)
    project.write("forge.toml", SETTINGS.format(clock=clock))
    for name in ("world.py", "worldly.py"):
        shutil.copy(FEATURES / name, folder)
    return project.render("--force", *args)


@pytest.fixture(scope="module")
def renders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Project]:
    """Render all tutorials with the default clock, and beside it those of ON_BOTH in real time."""
    only = [word for name in ON_BOTH for word in ("--only", name)]
    default, elastic = (tmp_path_factory.mktemp(name) for name in ("default", "elastic"))
    with ThreadPoolExecutor() as beside:
        # Lanes mostly wait for the outside: four of them in real time take half a processor.
        life = beside.submit(rendered, elastic, 'clock = "elastic"', "-j", "4", *only)
        return {"default": rendered(default, "", "-j", "3"), "elastic": life.result()}


@pytest.fixture
def default(renders: dict[str, Project]) -> Project:
    return renders["default"]


@pytest.fixture(params=["default", "elastic"])
def project(request: pytest.FixtureRequest, renders: dict[str, Project]) -> Project:
    return renders[request.param]


def result(project: Project, job: str) -> dict[str, Any]:
    return {one["job"]: one for one in project.batch()}[job]


def green_from_ms(project: Project, job: str) -> float | None:
    """Return when the bar at the top turns green for the rest of the video (ms), or None."""
    frames = shown(project.video(job))
    green = [np.abs(f.rgb()[8, 400].astype(int) - GREEN).max() < 30 for f in frames]
    if not green[-1]:
        return None
    return frames[len(green) - green[::-1].index(False) if False in green else 0].at_ms


def lengths(project: Project, job: str) -> list[tuple[float, int]]:
    """Return each length of the blue bar, in words, with its time (ms)."""
    found: list[tuple[float, int]] = []
    for frame in shown(project.video(job)):
        row = frame.rgb()[36].astype(int)
        words = round(float((row[:, 2] - row[:, 0] > 90).sum()) / 20)
        if not found or found[-1][1] != words:
            found.append((frame.at_ms, words))
    return found


@pytest.mark.parametrize("job", ON_BOTH)
def test_answer_is_in_the_video(project: Project, job: str) -> None:
    one = result(project, job)
    assert one["status"] == "done", project.output
    assert not [text for text in one["warnings"] if "by itself" in text]
    at_ms = green_from_ms(project, job)
    assert at_ms is not None, "the answer never shows"
    first, _ = project.manifest(job).steps
    assert at_ms < first.end_ms, "it shows in the step that asked for it"


def test_answer_takes_its_real_time(project: Project) -> None:
    first, _ = project.manifest("kernel").steps
    (click,) = (done for done in first.interactions if done.kind == "click")
    green_ms = green_from_ms(project, "kernel")
    assert green_ms is not None
    assert green_ms - click.at_ms == pytest.approx(ANSWER_S * 1000, abs=300)


def test_streamed_words_appear_one_by_one(project: Project) -> None:
    for job in ("stream", "events"):
        grows = [at_ms for at_ms, words in lengths(project, job) if words]
        assert len(grows) >= WORDS - 1, job
        assert grows[-1] - grows[0] == pytest.approx((WORDS - 1) * APART_S * 1000, abs=400), job


def test_idle_connections_keep_a_take_exact(default: Project) -> None:
    quiet, kernel = result(default, "quiet"), result(default, "kernel")
    assert (quiet["clock"], quiet["exact"], quiet["outside"]) == ("virtual", True, [])
    assert kernel["exact"] is False
    assert kernel["outside"][0].startswith("web socket ws://127.0.0.1")
    assert "in step with real time for" in kernel["outside"][0]


def test_only_new_spinners_mean_waiting(default: Project) -> None:
    """A caret that an editor draws, and a spinner that turned before, are no signs of waiting."""
    assert green_from_ms(default, "spinner") is not None, "the answer came while it was turning"
    (why,) = result(default, "caret")["outside"]
    assert float(why.partition("for ")[2].partition(" s")[0]) < 1.5, why
    assert green_from_ms(default, "caret") is not None


def test_silent_connections_cost_little(default: Project) -> None:
    """The page has a silent socket, an idle worker and unanswered requests."""
    quiet, silent = result(default, "quiet"), result(default, "silent")
    assert silent["status"] == "done"
    assert silent["video_s"] == pytest.approx(quiet["video_s"], abs=0.3)
    assert silent["phases"]["record"] - quiet["phases"]["record"] < 3
    (warning,) = silent["warnings"]
    assert warning.startswith("not answered, and no longer waited for: GET http://127.0.0.1")
    assert "/never" in warning


def test_unasked_change_is_recorded_with_warning(default: Project) -> None:
    assert result(default, "by-itself")["status"] == "done"
    at_ms = green_from_ms(default, "by-itself")
    assert at_ms is not None
    told = result(default, "by-itself")["warnings"]
    assert not told or "changed by itself after step 'later'" in told[0]
    _, later, _ = default.manifest("by-itself").steps
    assert at_ms >= later.action_start_ms


def test_steps_own_code_takes_real_time(default: Project) -> None:
    assert result(default, "job")["status"] == "done", default.output
    (step,) = default.manifest("job").steps
    lasted_s = (step.action_end_ms - step.action_start_ms) / 1000
    # Server, subprocess and page one after the other, and the hand's way to the button.
    assert ANSWER_S + 1 < lasted_s < ANSWER_S + 1 + 3
    assert any("the step's own code" in why for why in result(default, "job")["outside"])


def test_openers_timers_count_in_its_popup(default: Project) -> None:
    assert result(default, "opener")["status"] == "done", default.output


def test_no_page_needs_another_clock(default: Project) -> None:
    clocks = {one["job"]: one["clock"] for one in default.batch()}
    assert set(clocks.values()) == {"virtual"}, clocks
    assert len(clocks) == len(PAGES) - 1, "a tutorial for each page that is not opened by another"
