"""Composing: frame rates, sizes, full disks, encoding ahead."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from forge.model.card_timing import Titles
from forge.model.speech import Speech
from forge.model.take import Take
from forge.model.timeline import Manifest, lay_out
from forge.project.settings_sources import load_settings
from forge.store.atomic import remove
from forge.store.job_files import read_manifest, read_speech, read_take
from forge.store.paths import GOP_CACHE
from forge.workers.background import CpuGate
from forge.workers.composing.encode_ahead import EncodeAhead
from forge.workers.composing.encoding.probe import probe
from forge.workers.composing.footage import Footage
from forge.workers.composing.painting.take_frames import TakeFrames
from forge.workers.composing.phase import compose, timeline_of
from tests.support.media import at, psnr_db, shown
from tests.support.project import Project
from tests.support.tours import SMALL, page, write_project

pytestmark = pytest.mark.browser
MakeProject = Callable[..., Project]

TOUR = f"""
    from forge import By, Tutorial
    tour = Tutorial("A tour", id="tour", summary="x")

    @tour.setup
    def go(browser):
        browser.get({page("<h1 id=h>One</h1>")!r})

    @tour.step
    def one(browser):
        '''The page says one.'''

    @tour.step
    def two(browser):
        '''And now it says two.'''
        browser.execute_script("h.textContent = 'Two'")
"""


# A page of noise, which no encoder compresses.
NOISE = page(
    "<canvas id=h width=640 height=400></canvas>",
    "const g=h.getContext('2d'),d=g.createImageData(640,400);let s=1;"
    "for(let i=0;i<d.data.length;i%2B%2B)"
    "d.data[i]=i%254==3?255:(s=s*16807%252147483647)%25256;"
    "g.putImageData(d,0,0)",
)
LONG = "Nothing changes here for a while, for a good while, and for longer than anybody likes."
LONG_TOUR = (
    TOUR.replace("And now", f"{LONG} And then")
    + """
    @tour.step
    def three(browser):
        '''Nothing at all happens while this long sentence is spoken, which keeps things still.'''

    @tour.step
    def four(browser):
        '''And here it ends.'''
"""
)
NOISE_TOUR = TOUR.replace(page("<h1 id=h>One</h1>"), NOISE)


def test_constant_rate_keeps_the_length(make_project: MakeProject) -> None:
    fps = 24  # no divisor of the grid
    project = make_project(TOUR, video=SMALL + f"    fps = {fps}\n").rendered()
    variable = probe(project.video("tour"))
    project.rendered("--phase", "compose", FORGE_VIDEO__FRAME_RATE="constant")
    constant = probe(project.video("tour"))
    total_ms = project.manifest("tour").total_ms
    assert constant.frames == round(total_ms * fps / 1000)
    recap_fades = fps / 3
    assert variable.frames <= total_ms / 1000 + 12 + recap_fades
    assert abs(constant.video_s - variable.video_s) < 1e-6
    assert abs(variable.video_s - total_ms / 1000) <= 0.5 / fps


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Render TOUR and keep its files; tests leave it as it is."""
    return write_project(tmp_path_factory.mktemp("short"), TOUR).rendered("--keep-work")


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Render LONG_TOUR and keep its files; tests may compose it again."""
    return write_project(tmp_path_factory.mktemp("long"), LONG_TOUR).rendered("--keep-work")


def test_frames_lie_on_the_grid(short: Project) -> None:
    for frame in shown(short.video("tour")):
        assert abs(frame.at_ms * 30 / 1000 - round(frame.at_ms * 30 / 1000)) < 0.01


def test_scale_two_quadruples_the_pixels(make_project: MakeProject) -> None:
    project = make_project(TOUR, video=SMALL + "    scale = 2\n").rendered()
    found = probe(project.video("tour"))
    assert (found.width, found.height) == (1280, 800)
    edges = shown(project.video("tour"))[0].rgb()[40:160, :200].astype(int)
    # In an enlarged picture, columns would be equal in pairs.
    assert abs(edges[:, 0::2] - edges[:, 1::2]).max() > 60


def test_full_chromium_gives_the_same_size(make_project: MakeProject) -> None:
    binary = next((b for b in ("chromium", "google-chrome") if shutil.which(b)), None)
    if binary is None:
        pytest.skip("no full Chromium here")
    project = make_project(TOUR, f'[browser]\nbinary = "{shutil.which(binary)}"').rendered()
    found = probe(project.video("tour"))
    assert (found.width, found.height) == (640, 400)
    bottom = shown(project.video("tour"))[0].rgb()[-20:, :, :]
    assert bottom.min() > 240, "the page fills the picture to its last row"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a file system of 64 KiB; skip the test where that is not allowed."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = os.geteuid() == 0 and not subprocess.call(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], stderr=subprocess.DEVNULL
    )
    if not mounted:
        pytest.skip("mounting a file system is not allowed here")
    yield folder
    subprocess.check_call(["umount", "--lazy", str(folder)])


def test_full_output_disk_leaves_no_video(make_project: MakeProject, small_disk: Path) -> None:
    project = make_project(NOISE_TOUR)
    project.render("--out-dir", str(small_disk))
    assert project.code == 2, "it is seen before anything starts"
    assert "limits.disk_mb" in project.output
    project.render("--out-dir", str(small_disk), FORGE_LIMITS__DISK_MB="0")
    assert project.code == 1, project.output
    assert "failed: tour" in project.output
    assert "No space left" in project.output
    assert "Traceback" not in project.output
    assert not list(small_disk.glob("*.mp4")) + list(small_disk.glob(".*part"))


def test_full_work_disk_fails_the_job(make_project: MakeProject, small_disk: Path) -> None:
    project = make_project(TOUR)
    (project.folder / ".forge").mkdir()
    (project.folder / ".forge" / "tour").symlink_to(small_disk, target_is_directory=True)
    (small_disk / "filler").write_bytes(bytes(60 * 1024))
    assert project.render().code == 1
    assert "No space left" in project.output
    assert not project.video("tour").exists()


def test_moviepy_clip_equals_the_video(short: Project) -> None:
    project = short
    manifest = project.manifest("tour")
    frames = shown(project.video("tour"))
    with TakeFrames(project.take("tour"), project.work("tour")) as pictures:
        settings = load_settings(project.folder)
        clip = timeline_of(manifest, project.take("tour"), settings, pictures)
        assert round(clip.duration * 1000) == round(clip.audio.duration * 1000) == manifest.total_ms
        for step in manifest.steps:
            ms = step.end_ms - 100
            assert psnr_db(clip.get_frame(ms / 1000), at(frames, ms).rgb()) > 35
    with wave.open(str(project.work("tour") / "narration.wav")) as track:
        assert track.getframerate() == 48_000
        assert track.getnframes() == manifest.total_ms * 48


def flipped(data: bytes) -> bytes:
    """Return `data` with one bit in its middle changed."""
    half = len(data) // 2
    return data[:half] + bytes([data[half] ^ 1]) + data[half + 1 :]


def halved(data: bytes) -> bytes:
    return data[: len(data) // 2]


def test_bytes_do_not_depend_on_what_is_kept(long: Project) -> None:
    """Nothing kept, everything, nothing allowed, and damaged files, which are written anew."""
    settings = load_settings(long.folder)
    work_dir = settings.work_root / "tour"
    footage = Footage("tour", read_take(work_dir), read_manifest(work_dir), work_dir)
    cache, whole = settings.work_root / GOP_CACHE, long.video("tour").read_bytes()

    def painted(limit_mb: float | None = None) -> int:
        """Compose; return how many pictures were painted."""
        limits = settings.limits
        if limit_mb is not None:
            limits = limits.model_copy(update={"cache_mb": limit_mb})
        numbers: list[int] = []
        changed = settings.model_copy(update={"limits": limits})
        compose(footage, changed, lambda number, _: numbers.append(number))
        assert long.video("tour").read_bytes() == whole
        return len(numbers)

    remove(cache)
    every = painted()
    assert every > 0 and painted() == 0 and painted(limit_mb=0) == every
    kept = {path: path.read_bytes() for path in cache.glob("*/*")}
    assert len(kept) > 2
    for damage in (flipped, halved, lambda data: b""):
        for path, data in kept.items():
            path.write_bytes(damage(data))
        assert painted() == every
        assert {path: path.read_bytes() for path in cache.glob("*/*")} == kept


def test_encoding_ahead_gives_the_same_bytes(long: Project) -> None:
    """A finished take is offered step by step, as a recording does."""
    project = long
    settings = load_settings(project.folder)
    work_dir = settings.work_root / "tour"
    take, speech = read_take(work_dir), read_speech(work_dir)
    whole = project.video("tour").read_bytes()

    def manifest_of(some: Take) -> Manifest:
        lines = Speech(lines=speech.lines[: len(some.steps)])
        return lay_out(
            some.model_copy(update={"complete": True}), lines, Titles("A tour"), cards=True
        )

    remove(settings.work_root / GOP_CACHE)
    ahead = EncodeAhead(manifest_of, settings, work_dir, CpuGate())
    for steps in range(1, len(take.steps)):
        part = take.model_copy(update={"steps": take.steps[:steps], "complete": False})
        ahead.offer(part)
    ahead.wait()
    painted: list[int] = []
    manifest = read_manifest(work_dir)
    found = compose(
        Footage("tour", take, manifest, work_dir),
        settings,
        lambda number, _: painted.append(number),
        ahead.end,
    )
    assert project.video("tour").read_bytes() == whole
    assert 0 < len(painted) < found.frames, "only what was not kept is painted"


def test_encoding_ahead_waits_for_free_processors(long: Project) -> None:
    project = long  # in which the hand does nothing: with a cursor, nothing would be certain
    settings = load_settings(project.folder, {"style": {"cursor": False}})
    work_dir = settings.work_root / "tour"
    waited = threading.Event()

    class Gate(CpuGate):
        def wait(self, timeout_s: float) -> bool:
            waited.set()
            return super().wait(timeout_s)

    gate = Gate()
    gate.shut()
    ahead = EncodeAhead(lambda take: read_manifest(work_dir), settings, work_dir, gate)
    cache = settings.work_root / GOP_CACHE
    remove(cache)
    ahead.offer(read_take(work_dir))
    assert waited.wait(30) and not cache.exists()
    gate.open()
    ahead.wait()
    ahead.end()
    assert list(cache.glob("*/*"))
