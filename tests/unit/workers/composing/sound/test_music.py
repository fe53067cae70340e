"""Background music: read, repeated, and faded under speech."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from forge.errors import SettingsError
from forge.workers.composing.sound.music import envelope, read_music, repeated
from forge.workers.meter import RATE
from tests.support.media import level_db


def test_music_is_read_partly_and_repeats_without_gap(music: Path) -> None:
    piece = read_music(music, RATE)
    assert piece.shape == (2, RATE)
    endless = repeated(piece, 5 * RATE)
    assert endless.shape == (2, 5 * RATE)
    parts: NDArray[np.float32] = endless[0, RATE // 2 : -RATE // 2].reshape(-1, RATE // 20)
    assert min(level_db(part) for part in parts) > level_db(piece[0]) - 4
    assert repeated(piece[:, :1], 3).shape == (2, 3)


def test_speech_at_the_very_ends_ducks_the_music() -> None:
    gains = envelope(1000, [(0, 1000)], -20, 0)
    assert gains == pytest.approx(np.full(1000, 0.1))
    assert envelope(1, [], -20, 5).size == 1


@pytest.mark.parametrize("content", [None, b"no music", b""])
def test_a_file_without_music_is_refused(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "music.mp3"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"sound\.music = .*music\.mp3") as caught:
        read_music(file, RATE)
    assert "relative to the project folder" in caught.value.hint
