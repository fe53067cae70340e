"""The virtual clock: every run shows the same, and what it shows is what a browser shows in life.

One tutorial goes through everything that a tutorial may meet (`features/`). It is rendered
twice on the virtual clock, the second time on a busy machine, and once by a browser that lives in
real time.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from imageio_ffmpeg import write_frames

from forge.errors import MachineError
from forge.layout import Manifest
from forge.preflight import with_browser
from forge.settings import Settings
from forge.verify import difference, imprint
from tests.render.conftest import Project, page
from tests.render.media import at, shown, similarity

pytestmark = pytest.mark.browser
MakeProject = Callable[..., Project]
FEATURES = Path(__file__).with_name("features")
SETTINGS = """
    adapter = "app.py:App"
    [voice]
    engine = "silent"
    [video]
    width = 640
    height = 360
    clock = "{clock}"
    [page]
    date = 2026-01-01T12:00:00Z
"""
#: Where the two cannot show the same: what is written there tells the time, or never rests.
UNLIKE = {"sleep", "polling"}
HEAD = """
    from forge import By, Tutorial
    tour = Tutorial("A tour", id="tour", summary="x")
"""


@contextmanager
def busy_machine(hogs: int = 2) -> Iterator[None]:
    """Somebody else wants every processor."""
    with ExitStack() as stack:
        for _ in range(hogs):
            hog = subprocess.Popen([sys.executable, "-c", "while True: pass"])
            stack.callback(hog.wait)
            stack.callback(hog.kill)
        yield


def write_film(path: Path) -> None:
    """Two seconds in which a bar grows from left to right."""
    film = write_frames(str(path), (320, 192), fps=30, codec="libvpx", macro_block_size=16)
    film.send(None)
    for number in range(1, 61):
        picture = np.full((192, 320, 3), (20, 20, 90), np.uint8)
        picture[:, : 320 * number // 60] = (250, 180, 0)
        film.send(picture)
    film.close()


@pytest.fixture(scope="module")
def renders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Project]:
    """The features, rendered in life, on the virtual clock, and on it again on a busy machine."""
    if why := _missing():
        pytest.skip(why)
    made = {}
    for name, clock in (("life", "elastic"), ("first", "virtual"), ("busy", "virtual")):
        project = Project(tmp_path_factory.mktemp(name))
        project.write("forge.toml", SETTINGS.format(clock=clock))
        (project.folder / "tutorials").mkdir()
        shutil.copy(FEATURES / "app.py", project.folder)
        write_film(project.folder / "film.webm")
        for tour in ("tour.py", "loose.py"):
            if name != "busy" or tour == "tour.py":
                shutil.copy(FEATURES / tour, project.folder / "tutorials")
        with busy_machine(2 if name == "busy" else 0):
            made[name] = project.rendered()
    return made


def _missing() -> str | None:
    try:
        with_browser(Settings.model_validate({"video": {"clock": "virtual"}}))
    except MachineError as problem:
        return problem.message
    return None


@pytest.mark.slow
def test_two_runs_of_everything_are_the_same_to_the_byte_on_a_busy_machine_too(
    renders: dict[str, Project],
) -> None:
    first, busy = (
        imprint(Settings(project_dir=renders[name].folder), "tour") for name in ("first", "busy")
    )
    assert _time_line(first.manifest) == _time_line(busy.manifest)
    assert first.pictures == busy.pictures
    assert len(set(first.pictures)) > 100
    assert first.file == busy.file


def _time_line(manifest: Manifest) -> list[dict[str, object]]:
    """Everything but where the voice's files lie: each project has its own."""
    return [step.model_dump(exclude={"audio_file"}) for step in manifest.steps]


@pytest.mark.slow
def test_it_shows_what_a_browser_shows_in_life(renders: dict[str, Project]) -> None:
    alike = {}
    for tour in ("tour", "loose"):
        life, virtual = (
            (renders[name].manifest(tour), shown(renders[name].video(tour)))
            for name in ("life", "first")
        )
        for a, b in zip(life[0].steps, virtual[0].steps, strict=True):
            ends = at(life[1], a.end_ms - 50), at(virtual[1], b.end_ms - 50)
            alike[a.id] = similarity(*(end.rgb() for end in ends))
    compared = {name: value for name, value in alike.items() if name not in UNLIKE}
    assert len(compared) >= 21
    assert {name: value for name, value in compared.items() if value < 0.98} == {}


@pytest.mark.slow
def test_what_goes_by_a_clock_of_its_own_is_recorded_too(renders: dict[str, Project]) -> None:
    steps = [step.id for step in renders["first"].manifest("loose").steps]
    assert steps == ["service-worker", "sockets", "film"]


@pytest.mark.slow
def test_a_film_lacks_no_picture(renders: dict[str, Project]) -> None:
    *_, film = renders["first"].manifest("loose").steps
    shows = [
        frame
        for frame in shown(renders["first"].video("loose"))
        if film.start_ms < frame.at_ms < film.end_ms
    ]
    assert len(shows) > 45


def begins_at(url: str) -> str:
    """The beginning of a tutorial whose first page is `url`."""
    return f"""{HEAD}
    @tour.setup
    def go(browser):
        browser.get({url!r})
"""


FADE = page(
    "<style>%23b{width:90px;height:90px;background:red;transition:margin 1s linear}</style>"
    "<div id=b></div>",
    "b.onclick=()=>{b.style.marginLeft='400px'}",
)
MOVE = f"""{begins_at(FADE)}
    @tour.step("a")
    def move(browser):
        browser.find_element(By.ID, "b").click()
"""
VIRTUAL = """
    [voice]
    engine = "silent"
    [video]
    width = 640
    height = 360
    clock = "virtual"
"""


def test_a_movement_is_as_fast_as_in_life_and_lacks_no_frame(make_project: MakeProject) -> None:
    project = make_project(MOVE, video=VIRTUAL).rendered()
    (step,) = project.manifest("tour").steps
    (click,) = (i for i in step.interactions if i.kind == "click")
    frames = shown(project.video("tour"))

    def left(ms: float) -> int:
        red = at(frames, ms).rgb()[80].astype(int)
        return int((red[:, 0] - red[:, 1] > 120).argmax())

    moving = [left(click.at_ms + ms) for ms in range(0, 1200, 33)]
    assert moving[-1] == 400
    assert sum(a < b for a, b in pairwise(moving)) >= 28
    assert abs(left(click.at_ms + 500) - 200) <= 40


SPINS = page(
    "<style>@keyframes t{to{transform:rotate(1turn)}}"
    "%23s{width:80px;height:80px;background:teal;animation:t 1s linear infinite}</style>"
    "<input id=f style='font-size:30px'><p id=s></p>",
)
TYPES = f"""{begins_at(SPINS)}
    @tour.step("a")
    def write(browser):
        browser.find_element(By.ID, "f").send_keys("as if nothing turned")
"""


def test_what_is_typed_beside_an_endless_animation_lacks_no_frame(
    make_project: MakeProject,
) -> None:
    project = make_project(TYPES, video=VIRTUAL).rendered()
    (step,) = project.manifest("tour").steps
    frames = [f.at_ms for f in shown(project.video("tour")) if f.at_ms < step.action_end_ms]
    assert step.action_end_ms > 1500
    assert max(after - before for before, after in pairwise(frames)) < 35


def test_two_runs_are_the_same_to_the_byte(make_project: MakeProject) -> None:
    once = []
    for hogs in (0, 3):
        with busy_machine(hogs):
            project = make_project(MOVE, video=VIRTUAL).rendered("--force")
        once.append(imprint(Settings(project_dir=project.folder), "tour"))
    assert difference(*once) is None


LATE = ("nothing", "saved", "style.css", "script.js", "early.js", "one")
SAVES = f"""
    from forge import By, Tutorial

    def declare(number, late):
        tour = Tutorial("A tour", id=f"tour-{{number}}", summary="x")

        @tour.step("a")
        def go(browser, ctx):
            browser.get(f"{{ctx.state}}/late/{{late}}")

        @tour.step("b")
        def save(browser):
            browser.find_element(By.ID, "b").click()

        return tour

    for number, late in enumerate({LATE!r}):
        globals()[f"tour_{{number}}"] = declare(number, late)
"""


def test_a_page_looks_the_same_whichever_of_its_parts_is_late(make_project: MakeProject) -> None:
    project = make_project(SAVES, 'adapter = "late.py:App"\n', VIRTUAL)
    shutil.copy(FEATURES / "late.py", project.folder)
    settings = Settings(project_dir=project.rendered().folder)
    first, *others = (imprint(settings, f"tour-{number}") for number in range(len(LATE)))
    assert [difference(first, other) for other in others] == [None] * len(others)
    assert len(set(first.pictures)) > 10, "what the script shows fades in"


TICKS = page("<p id=p></p>", "setInterval(()=>{p.textContent=Date.now()},100)")
WAITS = f"""{begins_at(TICKS)}
    import time

    @tour.step("a")
    def quick(browser):
        began = time.perf_counter()
        time.sleep(6)
        print("quick", time.perf_counter() - began)

    @tour.step("b", clock="real")
    def real(browser):
        began = time.perf_counter()
        time.sleep(1)
        print("real", time.perf_counter() - began)
"""


def test_waits_are_on_page_time_unless_a_step_asks_for_real_time(
    make_project: MakeProject,
) -> None:
    project = make_project(WAITS, video=VIRTUAL).rendered()
    quick, real = project.manifest("tour").steps
    assert quick.action_end_ms - quick.action_start_ms >= 6000
    assert 1000 <= real.action_end_ms - real.action_start_ms < 3000
    took = dict(line.split() for line in project.logs().splitlines() if len(line.split()) == 2)
    assert float(took["quick"]) < 5.5
    assert float(took["real"]) > 0.9


STALLS = f"""{HEAD}
    import psutil

    @tour.step("a")
    def stop(browser):
        for process in psutil.Process().children(recursive=True):
            if "--type=renderer" in process.cmdline():
                process.suspend()
        browser.execute_script("return 1")
"""


def test_a_stall_names_the_command_and_the_step_and_leaves_no_browser(
    make_project: MakeProject, nothing_left_behind: Path
) -> None:
    project = make_project(STALLS, video=VIRTUAL).render(TMPDIR=str(nothing_left_behind))
    assert project.code == 1
    (result,) = project.batch()
    assert result["error"]["transient"]
    assert result["error"]["step"] == "stop"
    assert "stalled in execute_script: " in result["error"]["message"]
    assert result["phases"]["record"] < 25
