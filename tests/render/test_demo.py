"""The bundled example, rendered with its real voice in two lanes."""

from __future__ import annotations

import re
import shutil
from fractions import Fraction
from itertools import islice, pairwise

import av
import numpy as np
import pytest
from selenium import webdriver

from forge.model.records import PHASES
from forge.project.settings_sources import load_settings
from forge.store.job_files import read_speech
from forge.workers.composing.encoding.frame_times import KEY_FRAME_S, scheduled
from forge.workers.composing.encoding.probe import probe
from forge.workers.composing.painting.take_frames import TakeFrames
from forge.workers.composing.phase import scene_of
from tests.support.media import RATE, at, decoded, level_db, planes, psnr_db, shown, sound
from tests.support.player import player
from tests.support.project import ROOT, Project

pytestmark = [pytest.mark.browser, pytest.mark.voice, pytest.mark.slow]

JOBS = ["getting-started.en", "getting-started.es"]
#: A quarter of the pixels, of which most tests decode all. tests/apps renders in full size.
WIDTH, HEIGHT = ("width = 1920", "width = 960"), ("height = 1080", "height = 540")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Render one tutorial of the example in two languages and two lanes."""
    folder = tmp_path_factory.mktemp("demo") / "lumen"
    ignore = shutil.ignore_patterns(".forge", "dist", "__pycache__")
    shutil.copytree(ROOT / "examples" / "lumen", folder, ignore=ignore)
    toml = folder / "forge.toml"
    toml.write_text(toml.read_text().replace(*WIDTH).replace(*HEIGHT))
    return Project(folder).rendered("-j", "2", "--only", "getting-started")


@pytest.mark.parametrize("job", JOBS)
def test_streams_suit_every_player(demo: Project, job: str) -> None:
    found = probe(demo.video(job))
    assert (found.video_codec, found.width, found.height) == ("h264", 960, 540)
    assert (found.audio_codec, found.audio_rate) == ("aac", 48_000)
    data = demo.video(job).read_bytes()
    assert data.index(b"moov") < data.index(b"mdat"), "the index must come first"
    with av.open(str(demo.video(job))) as file:
        context = file.streams.video[0].codec_context
        assert (context.pix_fmt, context.color_range, context.colorspace) == ("yuv420p", 1, 1)


@pytest.mark.parametrize("job", JOBS)
def test_file_is_as_long_as_its_manifest(demo: Project, job: str) -> None:
    found, manifest = probe(demo.video(job)), demo.manifest(job)
    assert 30 <= found.duration_s <= 60
    assert round(found.duration_s * 1000) == manifest.total_ms
    assert round(found.video_s * 1000) == manifest.total_ms
    assert 0 <= manifest.total_ms - found.audio_s * 1000 < 22


@pytest.mark.parametrize("job", JOBS)
def test_frames_follow_without_gaps(demo: Project, job: str) -> None:
    total_ms = demo.manifest(job).total_ms
    with av.open(str(demo.video(job))) as file:
        stretches = [
            (packet.pts, packet.pts + (packet.duration or 0))
            for packet in file.demux(video=0)
            if packet.pts is not None
        ]
        time_base = file.streams.video[0].time_base
    for (_, end), (start, _) in pairwise(stretches):
        assert end == start
    assert time_base is not None
    assert round(float(stretches[-1][1] * time_base) * 1000) == total_ms


@pytest.mark.parametrize("job", JOBS)
def test_frames_and_key_frames_are_regular(demo: Project, job: str) -> None:
    manifest = demo.manifest(job)
    with av.open(str(demo.video(job))) as file:
        tick_ms = float(file.streams.video[0].time_base or 0) * 1000
        packets = [(p.pts, p.is_keyframe) for p in file.demux(video=0)]
    frames = sorted((pts * tick_ms, is_key) for pts, is_key in packets if pts is not None)
    starts = [at_ms for at_ms, _ in frames]
    keys = [at_ms for at_ms, is_key in frames if is_key]
    assert max(b - a for a, b in pairwise(starts)) <= 1000.5
    assert max(b - a for a, b in pairwise(keys)) <= KEY_FRAME_S * 1000 + 1000.5
    assert {step.start_ms for step in manifest.steps} <= {round(at_ms) for at_ms in keys}
    assert len(frames) < manifest.total_ms / 1000 * 30 / 3, "stills cost nothing"


def test_pictures_after_each_key_frame_are_those_of_the_whole(demo: Project) -> None:
    """A player that seeks begins to decode at a key frame."""
    job = JOBS[0]
    whole = list(decoded(demo.video(job)))
    keys = [number for number, frame in enumerate(whole) if frame.key]
    assert len(keys) > len(demo.manifest(job).steps)
    for first, following in zip(keys, [*keys[1:], len(whole)], strict=True):
        group = islice(decoded(demo.video(job), whole[first].pts), following - first)
        assert list(group) == whole[first:following]


def test_pictures_are_those_that_were_painted(demo: Project) -> None:
    """Every third frame, because painting takes long."""
    job = JOBS[1]
    settings = load_settings(demo.folder)
    with TakeFrames(demo.take(job), demo.work(job)) as pictures:
        scene = scene_of(demo.manifest(job), demo.take(job), settings, pictures)
        ticks = scheduled(scene.board, settings.video)
        with av.open(str(demo.video(job))) as file:
            found = [
                psnr_db(planes(frame), planes(scene.painter.yuv(tick.state)))
                for number, (tick, frame) in enumerate(
                    zip(ticks, file.decode(video=0), strict=True)
                )
                if number % 3 == 0
            ]
    assert min(found) > 43
    assert sum(found) / len(found) > 47


def test_a_browser_plays_and_seeks_each_chapter(demo: Project, chrome: webdriver.Chrome) -> None:
    job = JOBS[1]  # its take is that of the other language
    path, total_s = demo.video(job), demo.manifest(job).total_ms / 1000
    with av.open(str(path)) as file:
        starts = [chapter["start"] for chapter in file.chapters()]
    frames = shown(path)
    with player(chrome, path.parent) as page:
        assert page.open(path.name) == pytest.approx(total_s, abs=0.001)
        for ms in [*starts, starts[1]]:  # the last jump is backwards
            for moment in (ms, ms + 2500):
                expected = at(frames, moment)
                seen = page.picture(moment / 1000, expected.at_ms / 1000)
                assert psnr_db(seen, expected.rgb()) > 35
            assert page.play(0.4) >= (ms + 2900) / 1000
        page.picture(total_s - 0.5, at(frames, total_s * 1000 - 500).at_ms / 1000)
        assert page.play(1) == pytest.approx(total_s, abs=0.05), "it ends"


@pytest.mark.parametrize("job", JOBS)
def test_narration_is_heard_at_its_times(demo: Project, job: str) -> None:
    samples, manifest = sound(demo.video(job)), demo.manifest(job)
    for step, following in zip(manifest.steps, [*manifest.steps[1:], None], strict=True):
        start, end = (ms * RATE // 1000 for ms in (step.audio_start_ms, step.audio_end_ms))
        assert level_db(samples[start:end]) > -35, step.id
        onset = int(np.flatnonzero(np.abs(samples[start:]) > 0.005)[0])
        assert onset < RATE * 0.02, f"{step.id} begins {onset / RATE:.3f} s late"
        quiet_until = following.audio_start_ms if following else manifest.total_ms
        silence = samples[end + RATE // 50 : quiet_until * RATE // 1000 - RATE // 50]
        assert silence.size > RATE // 2
        assert level_db(silence) < -60, f"after {step.id}"
    assert float(np.abs(samples).max()) < 1.0, "clipped"


def test_holds_show_the_browsers_picture(demo: Project) -> None:
    job = JOBS[1]  # its take is that of the other language
    frames, manifest = shown(demo.video(job)), demo.manifest(job)
    cursor = [(480.0, 324.0)]
    with TakeFrames(demo.take(job), demo.work(job)) as pictures:
        for step in manifest.steps:
            ms = step.end_ms - 200
            expected = [p.frame for p in manifest.pictures if p.at_ms <= ms][-1]
            seen, browser = at(frames, ms).rgb(), pictures.rgb(expected)
            cursor = [hand.point for hand in step.interactions if hand.point][-1:] or cursor
            for x, y in cursor:  # the cursor is painted, not recorded
                around = slice(int(y) - 50, int(y) + 50), slice(int(x) - 50, int(x) + 50)
                seen[around] = browser[around] = 0
            assert psnr_db(seen, browser) > 32, step.id


def test_colours_are_the_pages(demo: Project) -> None:
    welcome = demo.manifest(JOBS[0]).steps[0]  # the intro card is over
    picture = at(shown(demo.video(JOBS[0])), welcome.end_ms - 200).rgb()
    corner = picture[530:538, 4:12].reshape(-1, 3).mean(axis=0)
    assert np.all(np.abs(corner - 255) < 4), f"the side bar is white, not {corner}"


@pytest.mark.parametrize("job", JOBS)
def test_captions_hold_every_word(demo: Project, job: str) -> None:
    srt = demo.video(job).with_suffix(".srt").read_text()
    vtt = demo.video(job).with_suffix(".vtt").read_text()
    manifest = demo.manifest(job)
    said = " ".join(step.narration for step in manifest.steps)
    lines = [line for line in srt.splitlines() if line and "-->" not in line and not line.isdigit()]
    assert " ".join(lines).split() == said.split()
    assert len(re.findall("-->", srt)) == len(re.findall("-->", vtt)) >= len(manifest.steps)


@pytest.mark.parametrize("job", JOBS)
def test_chapters_and_captions_keep_the_times_of_steps(demo: Project, job: str) -> None:
    manifest = demo.manifest(job)
    with av.open(str(demo.video(job))) as file:
        marks = file.chapters()
    assert [mark["time_base"] for mark in marks] == [Fraction(1, 1000)] * len(marks)
    begins, ends = ([mark[side] for mark in marks] for side in ("start", "end"))
    assert begins[0] == 0 and set(begins[1:]) <= {step.start_ms for step in manifest.steps}
    assert ends == [*begins[1:], manifest.total_ms]
    times = re.findall(r"(\d+):(\d+):(\d+),(\d+)", demo.video(job).with_suffix(".srt").read_text())
    moments = [((int(h) * 60 + int(m)) * 60 + int(s)) * 1000 + int(ms) for h, m, s, ms in times]
    for step in manifest.steps:  # a caption begins with its first word
        assert any(0 <= at_ms - step.audio_start_ms < 100 for at_ms in moments[::2]), step.id
    last = manifest.steps[-1]
    assert last.audio_end_ms <= moments[-1] <= last.end_ms


def test_marks_are_nowhere_to_be_seen(demo: Project) -> None:
    assert sum(len(line.marks) for line in read_speech(demo.work(JOBS[0])).lines) == 4
    made = [*demo.folder.glob("dist/*"), *demo.folder.glob(".forge/**/*")]
    files = [path for path in made if path.is_file()]
    assert {path.suffix for path in files} >= {".mp4", ".vtt", ".srt", ".txt", ".html", ".json"}
    assert [path.name for path in files if b"{here}" in path.read_bytes()] == []


def test_languages_differ(demo: Project) -> None:
    english, spanish = (demo.manifest(job) for job in JOBS)
    assert [s.id for s in english.steps] == [s.id for s in spanish.steps]
    assert all(
        e.narration != s.narration for e, s in zip(english.steps, spanish.steps, strict=True)
    )


def test_batch_json_lists_jobs_in_order(demo: Project) -> None:
    batch = demo.batch()
    assert [entry["job"] for entry in batch] == JOBS
    for entry in batch:
        assert entry["status"] == "done"
        assert (demo.folder / entry["output"]).is_file()
        assert entry["attempts"] == 1
        assert entry["error"] is None
        assert sorted(entry["phases"]) == sorted(PHASES)
    assert batch[1]["phases"]["record"] < batch[0]["phases"]["record"] / 10, "one take serves both"


def test_steps_begin_on_the_grid(demo: Project) -> None:
    for step in demo.manifest(JOBS[0]).steps:
        assert step.start_ms % 100 == 0
        assert step.audio_start_ms + step.audio_ms + 400 <= step.end_ms


def test_composing_again_needs_no_browser(demo: Project) -> None:
    before = demo.video(JOBS[0]).read_bytes()
    demo.rendered(
        "--phase",
        "compose",
        "--only",
        "getting-started",
        "--lang",
        "en",
        FORGE_BROWSER__DRIVER="/nowhere",
    )
    assert demo.video(JOBS[0]).read_bytes() == before


def test_serial_render_gives_the_same_bytes(demo: Project) -> None:
    parallel, before = demo.manifest(JOBS[0]), demo.video(JOBS[0]).read_bytes()
    demo.rendered("--only", "getting-started", "--lang", "en", "--force")
    serial = demo.manifest(JOBS[0])
    assert serial.total_ms == parallel.total_ms
    assert [s.start_ms for s in serial.steps] == [s.start_ms for s in parallel.steps]
    assert demo.video(JOBS[0]).read_bytes() == before
