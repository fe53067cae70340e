"""Loudness and peaks, measured and made as wanted."""

from __future__ import annotations

import math
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from forge.errors import SettingsError
from forge.model.settings import Sound
from forge.model.timeline import Manifest
from forge.workers.composing.sound.loudness import (
    RATE,
    Track,
    Values,
    amplified,
    gains_for,
    integrated,
    measured,
)
from forge.workers.composing.sound.music import envelope, read_music, repeated
from forge.workers.composing.sound.soundtrack import soundtrack
from forge.workers.speaking import wav
from tests.support.media import heard, level_db
from tests.support.takes import manifest, said

CEILING = 0.75


def tone(seconds: float, hz: float = 997.0, height: float = 1.0, phase: float = 0.0) -> Track:
    at = np.arange(round(seconds * RATE)) / RATE
    return (height * np.sin(2 * np.pi * hz * at + phase))[np.newaxis].astype(np.float32)


def speech_like(seconds: float, height: float = 0.2, seed: int = 1) -> Track:
    """Noise in syllables, with a pulse now and then: as peaky as speech."""
    noise = np.random.default_rng(seed).normal(0, height, round(seconds * RATE))
    at = np.arange(noise.size) / RATE
    noise *= np.sin(2 * np.pi * 2 * at) ** 2
    noise[:: RATE // 7] = min(0.98, 5 * height)
    return noise[np.newaxis].astype(np.float32)


def loudness(track: Track) -> float:
    return integrated(measured(track).energy)


def test_full_scale_sines_are_as_loud_as_the_standard_says() -> None:
    assert loudness(tone(3)) == pytest.approx(-3.01, abs=0.02)
    assert loudness(np.concatenate([tone(3), tone(3)])) == pytest.approx(0, abs=0.02)
    assert loudness(tone(3, hz=25)) < -14, "a rumble weighs little"
    assert loudness(tone(3, hz=8000)) == pytest.approx(0.3, abs=0.2), "a hiss more"


def test_what_is_measured_is_what_ffmpeg_measures(tmp_path: Path) -> None:
    """Of speech with pauses, that are not to count."""
    parts = (speech_like(4), np.zeros((1, 3 * RATE)), speech_like(2, 0.05), np.zeros((1, RATE)))
    samples = np.rint(np.clip(np.concatenate(parts, axis=1), -1, 1) * 32767).astype(np.int16)
    wav.write(tmp_path / "x.wav", samples[0])
    track = (samples / 32768).astype(np.float32)
    lufs, peak_db = heard(tmp_path / "x.wav")
    assert loudness(track) == pytest.approx(lufs, abs=0.05)
    # Noise reaches up to where the two filters differ.
    assert 20 * math.log10(measured(track).peak.max()) == pytest.approx(peak_db, abs=0.5)


def test_a_peak_between_samples_is_seen() -> None:
    track = tone(0.5, hz=RATE / 4, phase=math.pi / 4)
    assert np.abs(track).max() == pytest.approx(0.707, abs=0.001)
    inner = measured(track).peak[50:-50]
    assert inner == pytest.approx(np.ones_like(inner), abs=0.01)


def raised(track: Track, wanted: float) -> tuple[Track, Values]:
    gains = gains_for(measured(track), wanted, CEILING)
    return amplified(track, gains), gains


@pytest.mark.parametrize("wanted", [-30.0, -16.0, -13.0])
def test_a_track_is_made_as_loud_as_wanted_and_its_peaks_are_kept_down(wanted: float) -> None:
    track = speech_like(6)
    louder, gains = raised(track, wanted)
    assert loudness(louder) == pytest.approx(wanted, abs=0.2)
    assert measured(louder).peak.max() < CEILING * 1.01
    assert (gains.min() < gains.max()) == (wanted > -20), "only where peaks would be too high"
    steps_db = np.abs(np.diff(20 * np.log10(gains)))
    assert steps_db.max() < 1.5, "no step that clicks"


@pytest.mark.parametrize("samples", [0, 1, 47, 48, 4800, 3 * RATE])
def test_silence_stays_silence_however_short(samples: int) -> None:
    track = np.zeros((1, samples), dtype=np.float32)
    assert raised(track, -16)[0].tobytes() == track.tobytes()
    faint = track + np.float32(1e-4)
    assert raised(faint, -16)[0].tobytes() == faint.tobytes()


@pytest.mark.parametrize("seconds", [0.05, 0.25, 0.41])
def test_what_is_shorter_than_a_gating_block_is_made_loud_too(seconds: float) -> None:
    louder, _ = raised(speech_like(seconds, 0.02), -20)
    assert loudness(louder) == pytest.approx(-20, abs=0.3)


# The whole track -------------------------------------------------------------------------------


def spoken(folder: Path, *lines: tuple[int, Track]) -> Manifest:
    """A manifest of lines, each with its beginning (ms)."""
    steps = []
    for number, (start_ms, track) in enumerate(lines):
        file = folder / f"{number}.wav"
        wav.write(file, np.rint(np.clip(track[0], -1, 1) * 32767).astype(np.int16))
        steps.append(said("x", start_ms, math.ceil(track.shape[1] / 48), str(file)))
    return manifest(lines[-1][0] + 4000, [(0, 0)], steps)


def level(track: Track, first_ms: int, last_ms: int) -> float:
    return level_db(track[0, first_ms * 48 : last_ms * 48])


def test_lines_of_different_voices_are_as_loud_as_each_other_and_where_they_were(
    tmp_path: Path,
) -> None:
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


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """Two seconds of a steady chord, in a format of their own."""
    chord = sum(tone(2, hz, 0.1) for hz in (220, 277, 330))
    path = tmp_path / "music.flac"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("flac", rate=RATE, layout="mono")
        samples = np.rint(np.asarray(chord) * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = RATE
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            file.mux(packet)
    return path


def test_music_is_behind_the_speech_and_further_behind_while_somebody_speaks(
    tmp_path: Path, music: Path
) -> None:
    lines = (5000, speech_like(3)), (8500, speech_like(2)), (14_000, speech_like(1))
    made = spoken(tmp_path, *lines)
    sound = Sound(music=Path(music.name), music_db=-14, duck_db=-10, fade_s=1.0)
    track = soundtrack(made, sound, tmp_path)
    assert track.shape == (2, made.total_ms * 48)
    assert loudness(track) == pytest.approx(-16, abs=0.2)
    alone = soundtrack(made, Sound(loudness=-16 - 3.01), tmp_path)
    behind = track - alone  # the music, and what the mix made of the speech
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


def test_music_is_read_no_further_than_needed_and_repeats_without_a_gap(music: Path) -> None:
    piece = read_music(music, RATE)
    assert piece.shape == (2, RATE)
    endless = repeated(piece, 5 * RATE)
    assert endless.shape == (2, 5 * RATE)
    parts: NDArray[np.float32] = endless[0, RATE // 2 : -RATE // 2].reshape(-1, RATE // 20)
    assert min(level_db(part) for part in parts) > level_db(piece[0]) - 4
    assert repeated(piece[:, :1], 3).shape == (2, 3)


def test_the_gain_of_music_under_speech_at_the_very_ends() -> None:
    gains = envelope(1000, [(0, 1000)], -20, 0)
    assert gains == pytest.approx(np.full(1000, 0.1))
    assert envelope(1, [], -20, 5).size == 1


@pytest.mark.parametrize("content", [None, b"no music", b""])
def test_music_that_is_none_is_named(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "music.mp3"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"sound\.music = .*music\.mp3") as caught:
        read_music(file, RATE)
    assert "from the project's folder" in caught.value.hint
