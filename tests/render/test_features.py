"""Every feature of pages on the virtual clock: equal in each run, and the same as in real time.

One tutorial (`features/tour.py`) has a step for each. It is rendered twice on the virtual clock,
the second time on a busy machine, and once on the elastic one.
"""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from imageio_ffmpeg import write_frames

from forge.commands.compare import digest_of
from forge.errors import MachineError
from forge.model.settings import Settings
from forge.model.timeline import Manifest
from forge.workers.checks import find_machine
from tests.support.media import at, shown, similarity
from tests.support.processes import busy_machine
from tests.support.project import Project
from tests.support.tours import FEATURES

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.alone]
SETTINGS = """
    adapter = "app.py:App"
    [voice]
    engine = "silent"
    [video]
    width = 640
    height = 400
    clock = "{clock}"
    [page]
    date = 2026-01-01T12:00:00Z
"""
#: Steps in which the clocks show different pictures: they print the time, or never come to rest.
UNLIKE = {"sleep", "polling"}


def write_film(path: Path) -> None:
    """Write a film of two seconds in which a bar grows from left to right."""
    film = write_frames(str(path), (320, 192), fps=30, codec="libvpx", macro_block_size=16)
    film.send(None)
    for number in range(1, 61):
        picture = np.full((192, 320, 3), (20, 20, 90), np.uint8)
        picture[:, : 320 * number // 60] = (250, 180, 0)
        film.send(picture)
    film.close()


@pytest.fixture(scope="module")
def renders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Project]:
    """Render the features in real time, on the virtual clock, and on it on a busy machine."""
    if why := _missing():
        pytest.skip(why)
    with ThreadPoolExecutor() as beside:  # in real time it mostly waits
        life = beside.submit(_rendered, tmp_path_factory.mktemp("life"), "elastic")
        first = _rendered(tmp_path_factory.mktemp("first"), "virtual")
        with busy_machine():
            busy = _rendered(tmp_path_factory.mktemp("busy"), "virtual", loose=False)
    return {"life": life.result(), "first": first, "busy": busy}


def _rendered(folder: Path, clock: str, *, loose: bool = True) -> Project:
    project = Project(folder)
    project.write("forge.toml", SETTINGS.format(clock=clock))
    (folder / "tutorials").mkdir()
    shutil.copy(FEATURES / "app.py", folder)
    write_film(folder / "film.webm")
    for tour in ("tour.py", "loose.py") if loose else ("tour.py",):
        shutil.copy(FEATURES / tour, folder / "tutorials")
    return project.rendered("-j", "2")


def _missing() -> str | None:
    try:
        find_machine(Settings.model_validate({"video": {"clock": "virtual"}}))
    except MachineError as problem:
        return problem.message
    return None


def test_busy_machine_gives_the_same_bytes(renders: dict[str, Project]) -> None:
    first, busy = (
        digest_of(Settings(project_dir=renders[name].folder), "tour") for name in ("first", "busy")
    )
    assert _time_line(first.manifest) == _time_line(busy.manifest)
    assert first.pictures == busy.pictures
    assert len(set(first.pictures)) > 100
    assert first.file == busy.file


def _time_line(manifest: Manifest) -> list[dict[str, object]]:
    """Return the manifest without the paths of its sounds, which differ between projects."""
    return [step.model_dump(exclude={"audio_file"}) for step in manifest.steps]


def test_virtual_clock_shows_what_life_shows(renders: dict[str, Project]) -> None:
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


def test_workers_sockets_and_films_are_recorded(renders: dict[str, Project]) -> None:
    steps = [step.id for step in renders["first"].manifest("loose").steps]
    assert steps == ["service-worker", "sockets", "film"]


def test_film_lacks_no_picture(renders: dict[str, Project]) -> None:
    *_, film = renders["first"].manifest("loose").steps
    shows = [
        frame
        for frame in shown(renders["first"].video("loose"))
        if film.start_ms < frame.at_ms < film.end_ms
    ]
    assert len(shows) > 45
