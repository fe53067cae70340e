"""The contact sheet: a still of each step, and of the step that failed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from forge.model.take import Frame
from forge.store.paths import FRAMES_FILE, SCREENSHOT_FILE
from forge.workers.composing.sidecars.contact_sheet import (
    CELL_WIDTH,
    GAP,
    LABEL_HEIGHT,
    Still,
    contact_sheet,
    stills_before,
)
from forge.workers.composing.text.fonts import Fonts
from tests.support.takes import step, take

RED, BLUE = (220, 20, 20), (20, 20, 220)


def picture(colour: tuple[int, int, int]) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (640, 360), colour).save(data, "JPEG")
    return data.getvalue()


@pytest.mark.parametrize(("count", "columns", "rows"), [(1, 1, 1), (3, 3, 1), (4, 3, 2)])
def test_stills_fill_rows_of_three(count: int, columns: int, rows: int) -> None:
    stills = [Still("1  one", "Say one.", Image.new("RGB", (560, 315))) for _ in range(count)]
    with Image.open(io.BytesIO(contact_sheet(stills, Fonts("en")))) as found:
        cell = (CELL_WIDTH + GAP, 315 + LABEL_HEIGHT + GAP)
        assert found.size == (GAP + columns * cell[0], GAP + rows * cell[1])


def test_an_unfinished_take_ends_with_its_failure(tmp_path: Path) -> None:
    data = picture(RED)
    (tmp_path / FRAMES_FILE).write_bytes(data + picture(BLUE))
    frames = (
        Frame(at_ms=0, offset=0, size=len(data)),
        Frame(at_ms=6000, offset=len(data), size=len(picture(BLUE))),
    )
    steps = [step("one", 0, (0, 100), 5000)]
    recorded = take(steps, [0], complete=False).model_copy(update={"frames": frames})
    (tmp_path / SCREENSHOT_FILE).write_bytes(picture(BLUE))
    first, failed = stills_before(recorded, {"one": "Say one."}, "two", tmp_path)
    assert (first.label, first.text, first.failed) == ("1  one", "Say one.", False)
    assert (failed.label, failed.text, failed.failed) == ("2  two: failed", "", True)
    assert first.picture.getpixel((9, 9)) == pytest.approx(RED, abs=6)
    assert failed.picture.getpixel((9, 9)) == pytest.approx(BLUE, abs=6)


def test_a_failure_without_screenshot_has_no_still(tmp_path: Path) -> None:
    (tmp_path / FRAMES_FILE).touch()
    assert stills_before(take([], [0], complete=False), {}, "one", tmp_path) == []
