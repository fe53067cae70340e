"""Recording: clocks, setup and teardown, windows, and the evidence of failures."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from forge.workers.composing.painting.take_frames import TakeFrames
from tests.support.media import at, shown
from tests.support.project import Project
from tests.support.tours import HEAD, page, write_project, write_tours

pytestmark = pytest.mark.browser
MakeProject = Callable[..., Project]

BOX = page(
    "<div id=b style='width:90px;height:90px;background:red'></div>",
    "b.onclick=()=>{b.animate([{marginLeft:0},{marginLeft:'500px'}],900).onfinish="
    "()=>{b.style.marginLeft='500px';b.style.background='blue'}}",
)
CLICK = f"""{HEAD}
    @tour.setup
    def go(browser):
        browser.get("data:text/html,<body style='background:black'>")
        browser.get({BOX!r})

    @tour.step
    def look(browser):
        '''A red box lies here.'''

    @tour.step
    def move(browser):
        '''A click sends it to the right.'''
        browser.find_element(By.ID, "b").click()
"""
CLOCK = page("<h1 id=c>0</h1>", "let n=0;setInterval(()=>{c.textContent=++n},500)")
WATCH = f"""{HEAD}
    @tour.setup
    def go(browser):
        browser.get({CLOCK!r})

    @tour.step
    def watch(browser):
        '''This clock ticks twice a second while the voice speaks.'''
"""
SLOW = page(
    "<button id=b>save</button><p id=p style='display:none'>saved</p>",
    "b.onclick=()=>setTimeout(()=>{p.style.display='block'},1500)",
)
SAVE = f"""{HEAD}
    @tour.setup
    def go(browser):
        browser.get({SLOW!r})

    @tour.step(wait_for=(By.ID, "p"), settle_s=1.0, settle_until="load")
    def save(browser):
        '''Save.'''
        browser.find_element(By.ID, "b").click()

    @tour.step(settle_until="idle")
    def load(browser):
        '''Two pictures come, one after the other.'''
        browser.execute_script(
            "const more=n=>{{const i=new Image();i.src='http://127.0.0.1:9/'+n;if(n)"
            "i.onerror=()=>setTimeout(more,300,n-1)}};more(1)")
"""
WINDOW = f"""{HEAD}
    @tour.setup
    def go(browser):
        browser.get({BOX!r})

    @tour.step
    def window(browser):
        '''A new window opens, and it is blue.'''
        browser.switch_to.new_window("tab")
        browser.get({page("<div style='height:100vh;background:blue'></div>")!r})

    @tour.step
    def back(browser):
        '''And back again.'''
        browser.close()
        browser.switch_to.window(browser.window_handles[0])
"""
TOURS = {"click": CLICK, "watch": WATCH, "save": SAVE, "window": WINDOW}
RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def colour(project: Project, job: str, ms: float, x: int, y: int) -> tuple[int, ...]:
    """Return the pixel at (x, y) at `ms`, rounded to pure colours."""
    pixel = at(shown(project.video(job)), ms).rgb()[y, x]
    return tuple(255 if value > 127 else 0 for value in pixel)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Render TOURS on the elastic clock; tests leave it as it is."""
    return write_tours(tmp_path_factory.mktemp("good"), TOURS).rendered("-j", "2")


def test_action_shows_at_its_manifest_time(good: Project) -> None:
    step = good.manifest("click").steps[1]
    click_ms = step.interactions[0].at_ms
    assert colour(good, "click", click_ms - 20, 8, 45) == RED
    assert colour(good, "click", click_ms + 700, 8, 45) == WHITE
    assert colour(good, "click", step.end_ms - 100, 508, 45) == BLUE
    assert 900 <= step.action_end_ms - click_ms < 3000, "the animation is the action"
    moving = [p.at_ms for p in good.manifest("click").pictures if p.at_ms > click_ms]
    assert len(moving) > 10, "the movement is there, not only its end"


def test_setup_is_not_in_the_video(good: Project) -> None:
    assert colour(good, "click", 0, 300, 300) == WHITE, "the black page of the setup"


def test_interactions_are_noted_with_their_boxes(good: Project) -> None:
    step = good.manifest("click").steps[1]
    (click,) = step.interactions
    assert (click.kind, click.box, click.point) == ("click", (0, 0, 90, 90), (45, 45))
    assert None not in (click.from_ms, click.there_ms)
    assert step.action_start_ms <= click.from_ms < click.there_ms < click.at_ms  # type: ignore[operator]
    assert click.at_ms <= step.action_end_ms


def test_real_and_elastic_give_one_timeline(good: Project, make_project: MakeProject) -> None:
    project = make_project(CLICK).rendered("--clock", "real")
    real, lived = project.manifest("tour"), project.take("tour")
    elastic, skipped = good.manifest("click"), good.take("click")
    assert elastic.total_ms == real.total_ms
    assert [s.start_ms for s in elastic.steps] == [s.start_ms for s in real.steps]
    assert lived.steps[-1].end_ms >= real.steps[-1].end_ms, "the real clock lives through holds"
    assert skipped.steps[-1].end_ms < real.steps[-1].end_ms, "the elastic clock skips them"


def test_moving_page_is_recorded_in_real_time(good: Project) -> None:
    manifest = good.manifest("watch")
    assert good.take("watch").steps[0].moving
    ticks = [p.at_ms for p in manifest.pictures if p.at_ms < manifest.steps[0].end_ms]
    gaps = [b - a for a, b in pairwise(ticks)][1:]
    assert len(gaps) >= manifest.steps[0].audio_ms // 500 - 2
    assert all(400 <= gap <= 600 for gap in gaps), gaps


def test_wait_for_lets_the_app_finish(good: Project) -> None:
    step = good.manifest("save").steps[0]
    assert step.action_end_ms - step.action_start_ms >= 1500
    assert step.end_ms - step.action_end_ms >= 1000, "settle_s"
    idle = good.manifest("save").steps[1]
    assert 800 <= idle.action_end_ms - idle.action_start_ms < 3000, "300 ms, and 500 ms without"
    assert result(good, "save")["warnings"] == []


def test_new_window_is_followed(good: Project) -> None:
    first, second = good.manifest("window").steps
    assert colour(good, "window", first.end_ms - 50, 300, 200) == BLUE
    assert colour(good, "window", second.end_ms - 50, 300, 200) == WHITE
    assert colour(good, "window", second.end_ms - 50, 45, 45) == RED


FAILING = f"""{HEAD}
    @tour.setup
    def go(browser, ctx):
        browser.get({BOX!r})
        ctx.on_teardown(lambda: print("thunk one"))
        ctx.on_teardown(lambda: print("thunk two"))

    @tour.step
    def fine(browser):
        '''This goes well.'''
        browser.execute_script("console.warn('careful')")

    @tour.step
    def broken(browser):
        '''This does not.'''
        browser.find_element(By.ID, "nowhere").click()

    @tour.teardown
    def undo(browser):
        print("the tutorial's teardown")
        raise SystemExit("teardown trouble")
"""
ADAPTER = """
    from forge import Adapter

    class App(Adapter):
        def start(self, slot):
            print("start", slot.index, slot.dir.is_dir())

        def setup(self, browser, ctx):
            print("setup", ctx.job)
            return {"answer": 42}

        def teardown(self, browser, ctx):
            print("the adapter's teardown", ctx.state["answer"])

        def stop(self):
            print("stop")
"""
BROKEN_START = """
        def start(self, slot):
            raise OSError("no app")
"""


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Render FAILING; tests leave it as it is."""
    project = write_project(tmp_path_factory.mktemp("failed"), FAILING, 'adapter = "app.py:App"')
    project.write("app.py", ADAPTER)
    assert project.render().code == 1
    return project


def test_failing_step_leaves_its_evidence(failed: Project) -> None:
    project = failed
    (result,) = project.batch()
    error = result["error"]
    lines = (project.folder / "tutorials" / "tour.py").read_text().splitlines()
    assert result["status"] == "failed"
    assert error["step"] == "broken"
    assert error["file"].endswith("tutorials/tour.py")
    assert "nowhere" in lines[error["line"] - 1]
    assert "NoSuchElement" in error["message"]
    assert "Stacktrace" not in error["message"]
    for text in ("tour", "broken", f"tour.py:{error['line']}", "failure.png"):
        assert text in project.output
    work = project.work("tour")
    assert (work / "failure.png").read_bytes().startswith(b"\x89PNG")
    assert "careful" in (work / "console.log").read_text()
    take = project.take("tour")
    assert not take.complete
    assert [step.id for step in take.steps] == ["fine"]
    assert sorted(error["artifacts"]) == sorted(
        f".forge/tour/{name}"
        for name in ("console.log", "failure.html", "failure.png", "take.json")
    )
    with TakeFrames(take, work) as pictures:
        assert pictures.rgb(0).shape == (400, 640, 3)
    assert not project.video("tour").exists()


def test_next_failure_removes_older_evidence(failed: Project, tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    shutil.copytree(failed.folder, project.folder, symlinks=True)
    project.write("app.py", f"{ADAPTER}{BROKEN_START}")
    assert project.render().code == 1
    assert "no app" in project.batch()[0]["error"]["message"]
    work = project.work("tour")
    assert not (work / "failure.png").exists() and not (work / "failure.html").exists()


def test_teardown_never_hides_the_first_error(failed: Project) -> None:
    order = ["setup tour", "thunk two", "thunk one", "the tutorial's teardown"]
    order += ["the adapter's teardown 42"]
    assert [line for line in failed.log("jobs/tour").splitlines() if line in order] == order
    assert failed.log("lane-0").splitlines() == ["start 0 True", "stop"]
    (result,) = failed.batch()
    assert result["error"]["step"] == "broken"
    assert any("teardown trouble" in warning for warning in result["warnings"])


def test_failing_setup_names_its_line(make_project: MakeProject) -> None:
    project = make_project(CLICK, 'adapter = "app.py:App"')
    broken = ADAPTER.replace('print("setup", ctx.job)', 'raise OSError("no database")')
    project.write("app.py", broken)
    assert project.render().code == 1
    (result,) = project.batch()
    assert "no database" in result["error"]["message"]
    assert result["error"]["file"].endswith("app.py")
    assert "raise OSError" in broken.splitlines()[result["error"]["line"] - 1]
    assert "stop" in project.log("lane-0").splitlines()


def test_recording_without_speech_uses_estimates(make_project: MakeProject) -> None:
    project = make_project(CLICK).rendered("--phase", "record")
    assert project.take("tour").complete
    assert not (project.work("tour") / "speech.json").exists()
    assert not project.video("tour").exists()
    project.rendered("--phase", "speak")
    project.rendered("--phase", "compose")
    assert project.video("tour").is_file()
    assert json.loads((project.folder / "dist" / "batch.json").read_text())[0]["video_s"] > 3


def test_missing_browser_start_fails_the_job(make_project: MakeProject) -> None:
    project = make_project(CLICK, '[browser]\nbinary = "/bin/false"')
    assert project.render().code == 1
    (result,) = project.batch()
    assert "the browser did not start" in result["error"]["message"]


COUNTING = """
    import os, pathlib, psutil
    from forge import Tutorial
    tour = Tutorial("A tour", id="{name}", summary="x")

    @tour.step
    def one(browser):
        '''The page says one.'''
        roots = 0
        for process in psutil.process_iter(["cmdline"]):
            words = process.info["cmdline"] or []
            if os.getsid(process.pid) == os.getsid(0) and any("headless" in w for w in words[1:]):
                roots += "/bin/sh" not in words and not any("--type=" in w for w in words)
        pathlib.Path(__file__).with_suffix(".browsers").write_text(str(roots))
"""


@pytest.mark.parametrize("binary", [None, "/usr/bin/chromium"])
def test_browser_ends_with_its_job(make_project: MakeProject, binary: str | None) -> None:
    """Some of Debian's launchers are shell scripts; chromedriver ends only those."""
    if binary and not Path(binary).exists():
        pytest.skip(f"no {binary} here")
    settings = f'[browser]\nbinary = "{binary}"\n' if binary else ""
    project = make_project(COUNTING.format(name="a"), settings)
    project.write("tutorials/later.py", COUNTING.format(name="b"))
    project.rendered()
    assert (project.folder / "tutorials" / "later.browsers").read_text() == "1"
    assert (project.folder / "tutorials" / "tour.browsers").read_text() == "1"


FLAKY = f"""{HEAD}
    import pathlib
    SEEN = pathlib.Path(__file__).with_suffix(".seen")

    @tour.setup
    def go(browser):
        browser.get({BOX!r})

    @tour.step
    def look(browser):
        '''A red box lies here.'''
        if not SEEN.exists():
            SEEN.touch()
            browser.find_element(By.ID, "not-yet")
"""
DOES = f"""{HEAD}
    @tour.step
    def look(browser):
        '''A red box lies here.'''
        DOES
"""
ENDS = {"quit": "browser.quit()", "close": "browser.close()", "exit": "raise SystemExit(3)"}


def bad(folder: Path, tours: dict[str, str], settings: str) -> Project:
    """Render `tours`, some of which fail."""
    project = write_tours(folder, tours, f"keep_going = true\n{settings}").render("-j", "2")
    assert project.code == 1
    return project


@pytest.fixture(scope="module")
def retried(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Render two tours with up to three retries; tests leave them as they are."""
    tours = {"flaky": FLAKY, "missing": FLAKY.replace("if not SEEN.exists():", "if True:")}
    return bad(tmp_path_factory.mktemp("retried"), tours, "retries = 3\nlimits.backoff_s = 0\n")


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Render a tour for each of ENDS; tests leave them as they are."""
    tours = {name: DOES.replace("DOES", body) for name, body in ENDS.items()}
    return bad(tmp_path_factory.mktemp("ended"), tours, "retries = 0\n")


def result(project: Project, job: str) -> dict[str, Any]:
    return {entry["job"]: entry for entry in project.batch()}[job]


def test_second_attempt_keeps_the_firsts_evidence(retried: Project, tmp_path: Path) -> None:
    entry = result(retried, "flaky")
    assert (entry["status"], entry["attempts"]) == ("done", 2)
    assert "attempt 1 failed" in entry["warnings"][0]
    assert "not-yet" in entry["warnings"][0]
    left = {path.name for path in (retried.work("flaky") / "attempt-1").iterdir()}
    assert left == {"failure.png", "failure.html", "console.log", "take.json", "frames.bin"}
    assert not (retried.work("flaky") / "failure.png").exists()
    project = Project(tmp_path / "project")
    shutil.copytree(retried.folder, project.folder, symlinks=True)
    project.rendered("--force", "--only", "flaky")
    assert not (project.work("flaky") / "attempt-1").exists(), "of an older render"


def test_missing_element_gets_two_attempts(retried: Project) -> None:
    entry = result(retried, "missing")
    assert (entry["status"], entry["attempts"]) == ("failed", 2)
    assert len(entry["error"]["artifacts"]) == 4


@pytest.mark.parametrize("job", ENDS)
def test_error_names_the_step(ended: Project, job: str) -> None:
    error = result(ended, job)["error"]
    assert (error["step"], Path(error["file"]).name) == ("look", f"{job}.py")
    assert error["line"] in (5, 6, 7, 8)
    assert f"failed: {job} step 'look'" in ended.output
