"""Whether a step shows anything but that a file was downloaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from forge.take import FRAMES_FILE, Frame, Interaction, StepTake, Take
from forge.workers.recording.downloads import shows_nothing_new

LIST, LIT, PRESSED, SAVED = b"list", b"list, the link lit up", b"pressed", b"list, saved"


def take(folder: Path, pictures: dict[int, bytes], *clicks_ms: int) -> Take:
    frames, data = [], b""
    for at_ms, picture in pictures.items():
        frames.append(Frame(at_ms=at_ms, offset=len(data), size=len(picture)))
        data += picture
    (folder / FRAMES_FILE).write_bytes(data)
    step = StepTake(
        id="export",
        start_ms=900,
        action_start_ms=1000,
        action_end_ms=3000,
        end_ms=4000,
        settle_ms=400,
        interactions=tuple(Interaction(kind="click", at_ms=at_ms) for at_ms in clicks_ms),
    )
    return Take(
        tutorial="tour",
        lang=None,
        clock="virtual",
        width=640,
        height=360,
        browser="chrome",
        complete=False,
        steps=(step,),
        frames=tuple(frames),
    )


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
def test_a_step_that_ends_as_its_last_action_began_shows_nothing_new(
    tmp_path: Path, pictures: dict[int, bytes], clicks_ms: tuple[int, ...], expected: bool
) -> None:
    assert shows_nothing_new(take(tmp_path, pictures, *clicks_ms), tmp_path) is expected
