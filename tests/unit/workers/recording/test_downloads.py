"""Steps that only download a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from forge.model.take import Frame, Take
from forge.store.paths import FRAMES_FILE
from forge.workers.recording.downloads import shows_nothing_new
from tests.support import takes

LIST, LIT, PRESSED, SAVED = b"list", b"list, the link lit up", b"pressed", b"list, saved"


def take(folder: Path, pictures: dict[int, bytes], *clicks_ms: int) -> Take:
    frames, data = [], b""
    for at_ms, picture in pictures.items():
        frames.append(Frame(at_ms=at_ms, offset=len(data), size=len(picture)))
        data += picture
    (folder / FRAMES_FILE).write_bytes(data)
    step = takes.step("export", 900, (1000, 3000), 4000, clicks_ms)
    made = takes.take([step], [], complete=False)
    return made.model_copy(update={"frames": tuple(frames)})


@pytest.mark.parametrize(
    ("pictures", "clicks_ms", "expected"),
    [
        ({0: LIST}, (2000,), True),
        ({0: LIST, 1500: LIT, 2000: PRESSED, 2100: LIT}, (2000,), True),
        ({0: LIST, 1500: LIT, 2000: PRESSED, 2100: LIT, 2500: SAVED}, (2000,), False),
        ({0: LIST, 1500: SAVED}, (), False),
        ({0: LIST, 900: SAVED}, (), True),
        ({}, (), True),
    ],
)
def test_a_step_without_change_shows_nothing_new(
    tmp_path: Path, pictures: dict[int, bytes], clicks_ms: tuple[int, ...], expected: bool
) -> None:
    assert shows_nothing_new(take(tmp_path, pictures, *clicks_ms), tmp_path) is expected
