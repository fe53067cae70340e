"""Error pages, crashes, downloads and the clipboard, on every clock.

One project with a tutorial for each (`features/errors.py`), rendered once on each clock.
"""

from __future__ import annotations

import re
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.support.project import Project
from tests.support.tours import FEATURES

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SETTINGS = """
    adapter = "errors.py:Shop"
    tutorials = ["errors.py"]
    keep_going = true
    retries = 0
    [voice]
    engine = "silent"
    [video]
    width = 640
    height = 400
    clock = "{clock}"
"""
ANSWERED = r"http://127\.0\.0\.1:\d+{path} answered {status}"
SAID = {
    "link": ANSWERED.format(path="/broken", status="500 Internal Server Error"),
    "form": ANSWERED.format(path="/broken", status="500 Internal Server Error"),
    "redirect": ANSWERED.format(path="/missing", status="404 Not Found"),
    "reload": ANSWERED.format(path="/flaky", status="503 Service Unavailable"),
    "gone": r"http://127\.0\.0\.1:\d+/away could not be loaded: net::ERR_CONNECTION_REFUSED",
    "tab": r"http://127\.0\.0\.1:\d+/missing answered 404 Not Found",
    "more": ANSWERED.format(path="/broken", status="500 Internal Server Error"),
    "crash": "the page's process crashed",
    "killed": "the page's process crashed",
}
IN_SET_UP = "the set-up ends on a page that is not the app's: " + ANSWERED.format(
    path="/missing", status="404 Not Found"
)


#: All clocks learn of errors by DevTools; they differ in how they wait for pages.
JOBS = {
    "elastic": (*SAID, "set-up", "fails", "allowed", "files"),
    "virtual": ("link", "gone", "tab", "crash", "killed", "set-up", "allowed", "files"),
    "real": ("link", "crash"),
}


class Batches:
    """The batch of each clock, rendered when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, Project] = {}

    def __getitem__(self, clock: str) -> Project:
        if clock not in self._known:
            project = self._known[clock] = Project(self._folder / clock)
            project.write("forge.toml", SETTINGS.format(clock=clock))
            shutil.copy(FEATURES / "errors.py", project.folder)
            home = project.folder / "home"
            home.mkdir()
            only = [word for name in JOBS[clock] for word in ("--only", name)]
            # Pages are judged while they are recorded: no video is looked at.
            project.render("-j", "2", "--phase", "record", *only, HOME=str(home))
        return self._known[clock]


@pytest.fixture(scope="module")
def batches(tmp_path_factory: pytest.TempPathFactory) -> Batches:
    return Batches(tmp_path_factory.mktemp("pages"))


def result(project: Project, job: str) -> dict[str, Any]:
    return {one["job"]: one for one in project.batch()}[job]


def on_each_clock(*jobs: str) -> pytest.MarkDecorator:
    """Parametrize a test with every clock and those of its jobs."""
    pairs = [(clock, job) for clock, those in JOBS.items() for job in those if job in jobs]
    return pytest.mark.parametrize(("clock", "job"), pairs)


@on_each_clock(*SAID)
def test_wrong_page_fails_its_step(batches: Batches, clock: str, job: str) -> None:
    project = batches[clock]
    one = result(project, job)
    error = one["error"]
    assert one["status"] == "failed", project.output
    assert re.fullmatch(SAID[job], error["message"]), error
    # The step gives no command after the kill, so the browser may notice it in the next step.
    assert error["step"] in (("wrong", "later") if job == "killed" else ("wrong",))
    assert error["transient"]
    assert error["file"].endswith("errors.py") and error["line"]
    assert one["wall_s"] < 15


@on_each_clock("set-up")
def test_setup_ending_on_a_wrong_page_fails(batches: Batches, clock: str, job: str) -> None:
    project = batches[clock]
    error = result(project, job)["error"]
    assert re.fullmatch(IN_SET_UP, error["message"]), error
    kept = project.work(job) / "failure.html"
    assert f".forge/{job}/failure.html" in error["artifacts"]
    assert "Not here" in kept.read_text()
    for url in ("http://shop.test/", r"http:\/\/shop.test\/next"):
        assert f'"{url}"' in kept.read_text(), "without user and password"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@on_each_clock("fails")
def test_failing_setup_hints_at_the_wrong_page(batches: Batches, clock: str, job: str) -> None:
    error = result(batches[clock], job)["error"]
    assert error["message"].startswith("the tutorial's setup failed: NoSuchElementException")
    assert re.fullmatch(SAID["more"], error["hint"])


@on_each_clock("allowed")
def test_allowed_answers_and_frames_do_not_fail(batches: Batches, clock: str, job: str) -> None:
    project = batches[clock]
    one = result(project, job)
    assert (one["status"], one["warnings"]) == ("done", []), project.output


@on_each_clock("files")
def test_downloads_are_reported_and_readable(batches: Batches, clock: str, job: str) -> None:
    project = batches[clock]
    one = result(project, job)
    assert one["status"] == "done", project.output
    told = [warning for warning in one["warnings"] if "downloaded" in warning]
    assert [warning.partition(":")[0] for warning in told] == [
        "step 'attached' only downloaded l.csv",
        "step 'in-a-tab' only downloaded a.pdf",
    ]
    assert one["phases"]["record"] < 15
    left = [path.name for path in project.folder.rglob("*") if path.suffix in (".csv", ".pdf")]
    assert left == [], "not in the project, where forge was started, nor at home"
