"""Sound as AAC: cut in a pause, it decodes as the track that it was made of."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from forge.workers.composing.encoding.aac import FRAME, LEAST, encode_sound, pause_in_the_middle
from forge.workers.meter import RATE, Track

HALF = LEAST  # frames


def tones(*stretches: tuple[int, int], frames: int) -> Track:
    """Return a track that sounds in `stretches` (frames), each time at another pitch."""
    track = np.zeros((1, frames * FRAME), dtype=np.float32)
    for number, (first, end) in enumerate(stretches):
        at = np.arange((end - first) * FRAME, dtype=np.float32)
        track[0, first * FRAME : end * FRAME] = 0.3 * np.sin(at * (0.02 + 0.03 * number))
    return track


def decoded(track: Track, path: Path) -> Track:
    """Encode `track` into `path` and return what a player hears of it."""
    with av.open(str(path), "w", format="mp4") as file:
        for packet in encode_sound(file, "en", track):
            file.mux(packet)
    with av.open(str(path)) as file:
        parts = [frame.to_ndarray() for frame in file.decode(audio=0)]
    return np.concatenate(parts, axis=1)


def test_the_cut_is_in_the_pause_next_to_the_middle() -> None:
    track = tones((5, 105), (120, 500), (520, 1000), frames=1010)
    assert 500 < pause_in_the_middle(track) < 520
    assert not track[:, (pause_in_the_middle(track) - 2) * FRAME :][:, : 4 * FRAME].any()


@pytest.mark.parametrize(
    ("why", "track"),
    [
        ("no pause", tones((0, 2 * HALF), frames=2 * HALF)),
        ("too short a pause", tones((0, HALF), (HALF + 3, 2 * HALF), frames=2 * HALF)),
        ("pauses at the ends", tones((50, 2 * HALF), frames=2 * HALF + 50)),
        ("little sound", tones((10, 60), (100, 150), frames=2 * HALF)),
    ],
)
def test_a_track_without_a_long_pause_in_the_middle_is_not_cut(why: str, track: Track) -> None:
    assert pause_in_the_middle(track) == 0, why


def test_a_track_that_was_cut_decodes_sample_for_sample_in_place(tmp_path: Path) -> None:
    frames = 2 * HALF + 40
    track = tones((10, HALF), (HALF + 20, 2 * HALF + 20), frames=frames)
    assert pause_in_the_middle(track)
    heard = decoded(track, tmp_path / "cut.mp4")
    assert heard.shape == track.shape
    error = heard - track
    for part in (slice(0, HALF * FRAME), slice((HALF + 20) * FRAME, None)):
        assert np.square(error[:, part]).mean() < 1e-3 * np.square(track[:, part]).mean()
    pause = slice((HALF + 2) * FRAME, (HALF + 18) * FRAME)
    assert np.abs(heard[:, pause]).max() < 1e-4, "nothing is heard where the halves meet"


def test_packets_follow_each_other_without_a_gap(tmp_path: Path) -> None:
    track = tones((0, HALF), (HALF + 20, 2 * HALF), frames=2 * HALF)
    with av.open(str(tmp_path / "cut.mp4"), "w", format="mp4") as file:
        packets = encode_sound(file, "en", track)
        times = [packet.pts for packet in packets]
    assert times == [FRAME * number for number in range(-1, 2 * HALF)]
    assert (
        packets[-1].time_base == packets[0].time_base and packets[0].time_base.denominator == RATE
    )
