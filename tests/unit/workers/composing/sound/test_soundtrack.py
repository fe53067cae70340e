"""The soundtrack: lines and music at the wanted loudness."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from forge.model.settings import Sound
from forge.workers.composing.sound.soundtrack import soundtrack
from forge.workers.meter import RATE
from tests.support.sounds import level, loudness, speech_like, spoken


def test_lines_get_equal_loudness_and_keep_their_places(tmp_path: Path) -> None:
    made = spoken(
        tmp_path,
        (300, speech_like(2, 0.02)),
        (3000, speech_like(2, 0.2)),
        (6000, np.zeros((1, RATE), dtype=np.float32)),
    )
    track = soundtrack(made, Sound(), tmp_path)
    assert track.shape == (1, made.total_ms * 48)
    quiet, loud = track[:, 300 * 48 : 2300 * 48], track[:, 3000 * 48 : 5000 * 48]
    assert loudness(quiet) == pytest.approx(loudness(loud), abs=1)
    assert loudness(track) == pytest.approx(-16, abs=0.2)
    sounding = np.flatnonzero(track[0])
    assert 300 * 48 <= sounding[0] < 300 * 48 + 5
    assert 5000 * 48 - 5 <= sounding[-1] < 5000 * 48
    assert not track[0, 2300 * 48 : 3000 * 48].any()
    assert soundtrack(made, Sound(), tmp_path).tobytes() == track.tobytes()


def test_music_is_quieter_than_speech_and_ducked_during_it(tmp_path: Path, music: Path) -> None:
    lines = (5000, speech_like(3)), (8500, speech_like(2)), (14_000, speech_like(1))
    made = spoken(tmp_path, *lines)
    sound = Sound(music=Path(music.name), music_db=-14, duck_db=-10, fade_s=1.0)
    track = soundtrack(made, sound, tmp_path)
    assert track.shape == (2, made.total_ms * 48)
    assert loudness(track) == pytest.approx(-16, abs=0.2)
    alone = soundtrack(made, Sound(loudness=-16 - 3.01), tmp_path)
    behind = track - alone  # the music, and the change of the speech's level by the mix
    before, breath, pause = (
        level(track, *ms) for ms in ((2000, 4500), (8100, 8450), (11_500, 13_500))
    )
    assert before == pytest.approx(pause, abs=0.5), "it comes back in a long pause"
    assert breath == pytest.approx(before - 10, abs=1), "and stays down for a breath"
    assert level(track, 5000, 8000) > before + 8
    assert behind.shape == track.shape
    assert level(track, 0, 50) < before - 20, "it fades in"
    assert level(track, made.total_ms - 50, made.total_ms) < before - 20, "and out"
    assert level(track, 500, 550) == pytest.approx(before - 6, abs=1)
    jumps = np.abs(np.diff(track[0, : 4500 * 48]))
    assert jumps.max() < 6 * jumps.mean(), "nothing clicks where the music begins again"


def test_music_alone_is_the_programme(tmp_path: Path, music: Path) -> None:
    made = spoken(tmp_path, (300, np.zeros((1, 2 * RATE), dtype=np.float32)))
    assert loudness(soundtrack(made, Sound(music=music), tmp_path)) == pytest.approx(-16, abs=0.2)
