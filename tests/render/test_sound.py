"""Sound of finished videos: loudness, narration, music beneath it."""

from __future__ import annotations

import wave
from collections.abc import Callable

import numpy as np
import pytest

from tests.support.media import heard, level_db, sound
from tests.support.project import Project
from tests.support.tours import page

pytestmark = [pytest.mark.browser, pytest.mark.voice]

TOUR = f"""
    import pathlib
    from forge import Tutorial
    tour = Tutorial("A tour", id="tour")

    @tour.setup
    def count(browser):
        with pathlib.Path(__file__).with_suffix(".recorded").open("a") as file:
            file.write("x")
        browser.get({page("<h1>One</h1>")!r})

    @tour.step
    def one(browser):
        '''Welcome to this tour of events, where you will make one and invite your guests.'''

    @tour.step("", settle_s=5)
    def pause(browser):
        pass

    @tour.step
    def two(browser):
        '''Yes.'''
"""
VIDEO = "[video]\nwidth = 640\nheight = 400\n"


def chord(project: Project) -> None:
    """Write three seconds of music beside the project file."""
    at = np.arange(3 * 44_100) / 44_100
    both = [sum(np.sin(2 * np.pi * hz * at) for hz in high) for high in ((220, 330), (277, 330))]
    with wave.open(str(project.folder / "music.wav"), "wb") as file:
        file.setparams((2, 2, 44_100, 0, "NONE", ""))
        file.writeframes(np.rint(5000 * np.stack(both, axis=1)).astype("<i2").tobytes())


def test_loudness_follows_settings_without_recording(make_project: Callable[..., Project]) -> None:
    project = make_project(TOUR, video=VIDEO).rendered()
    lufs, peak_db = heard(project.video("tour"))
    assert lufs == pytest.approx(-16, abs=0.5)
    assert -4 < peak_db <= -1.5
    first = project.video("tour").read_bytes()
    spoken = [path.stat().st_mtime_ns for path in project.folder.glob(".forge/cache/speech/*.wav")]
    chord(project)

    project.write("forge.toml", f'[sound]\nloudness = -20\nmusic = "music.wav"\n{VIDEO}')
    project.rendered("--phase", "compose")
    assert heard(project.video("tour"))[0] == pytest.approx(-20, abs=0.5)
    _, pause, two = project.manifest("tour").steps
    samples = sound(project.video("tour"))
    under = samples[(two.audio_start_ms - 60) * 48 : (two.audio_start_ms - 10) * 48]
    between = samples[(pause.start_ms + 1500) * 48 : (pause.end_ms - 1500) * 48]
    assert level_db(under) == pytest.approx(level_db(between) - 8, abs=2)
    assert level_db(samples[-480:]) < level_db(between) - 20

    project.write("forge.toml", VIDEO)
    assert project.rendered().batch()[0]["status"] == "done"
    assert project.video("tour").read_bytes() == first, "the same bytes on every run"
    assert spoken == [
        p.stat().st_mtime_ns for p in project.folder.glob(".forge/cache/speech/*.wav")
    ]
    assert (project.folder / "tutorials" / "tour.recorded").read_text() == "x"
    (project.folder / "music.wav").unlink()
    project.write("forge.toml", f'[sound]\nmusic = "music.wav"\n{VIDEO}')
    assert project.render("--phase", "compose").code == 2
    assert "sound.music = " in project.output
    assert "No such file" in project.output
