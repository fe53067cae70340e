"""A window's pixels become pictures: those that differ, in order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import pytest

from forge.errors import RecordingError
from forge.store.paths import FRAMES_FILE
from forge.workers.recording.frame_store import FrameStore
from forge.workers.recording.virtual.pixels.frame_writer import FrameWriter
from forge.workers.recording.virtual.pixels.framebuffer import NOTHING, Framebuffer
from forge.workers.recording.virtual.pixels.likeness import Pixels


class Shows:
    """A framebuffer that shows the given greys, one after another."""

    def __init__(self, *greys: int) -> None:
        self.greys: Iterator[int] = iter(greys)

    def pixels(self, screenshot: str | None, buffer: Pixels, before: Pixels = NOTHING) -> Pixels:
        return np.full((40, 60, 4), next(self.greys), np.uint8)


class Drawn(Shows):
    """A framebuffer that is read into the given memory, as the browser's is."""

    def pixels(self, screenshot: str | None, buffer: Pixels, before: Pixels = NOTHING) -> Pixels:
        buffer = buffer if buffer.size else np.empty((40, 60, 4), np.uint8)
        buffer[:] = next(self.greys)
        return buffer


class Broken:
    def pixels(self, screenshot: str | None, buffer: Pixels, before: Pixels = NOTHING) -> Pixels:
        raise RecordingError("moved", transient=True)


def exposed(writer: FrameWriter, framebuffer: object, *at: int) -> None:
    for at_ms in at:
        writer.capture(cast(Framebuffer, framebuffer), None, at_ms).read.result()


def shown(folder: Path, store: FrameStore) -> list[float]:
    """Return the grey of each picture that was written."""
    data = (folder / FRAMES_FILE).read_bytes()
    pieces = [data[frame.offset : frame.offset + frame.size] for frame in store.frames]
    pictures = [cv2.imdecode(np.frombuffer(piece, np.uint8), cv2.IMREAD_COLOR) for piece in pieces]
    return [np.asarray(picture).mean() for picture in pictures]


def test_only_pictures_that_differ_are_kept(tmp_path: Path) -> None:
    store = FrameStore(tmp_path)
    writer = FrameWriter(store)
    exposed(writer, Shows(10, 10, 200, 200, 10), 0, 33, 67, 100, 133)
    assert writer.last_ms == 133
    writer.flush()
    writer.close()
    store.close()
    assert [frame.at_ms for frame in store.frames] == [0, 67, 133]
    assert shown(tmp_path, store) == pytest.approx([10, 200, 10], abs=2)


def test_pictures_survive_a_slow_encoder(tmp_path: Path) -> None:
    store = FrameStore(tmp_path)
    writer = FrameWriter(store)
    greys = [(7 * number) % 250 for number in range(60)]
    exposed(writer, Drawn(*greys), *range(60))
    writer.flush()
    writer.close()
    store.close()
    assert shown(tmp_path, store) == pytest.approx(greys, abs=2)


def test_a_proof_is_not_kept(tmp_path: Path) -> None:
    class Proven(Drawn):
        grey_before: float

        def proven(self, screenshot: str, buffer: Pixels, before: Pixels) -> Pixels:
            self.grey_before = before.mean()
            buffer[:] = 99
            return buffer

    store = FrameStore(tmp_path)
    writer, framebuffer = FrameWriter(store), Proven(10, 20, 30, 30, 40, 40)
    exposed(writer, framebuffer, 0, 33, 67, 100, 133, 167)
    writer.prove(cast(Framebuffer, framebuffer), "a screenshot")
    writer.flush()
    writer.close()
    store.close()
    assert framebuffer.grey_before == 40
    assert shown(tmp_path, store) == pytest.approx([10, 20, 30, 40], abs=2)


def test_a_failed_capture_raises_at_its_reader(tmp_path: Path) -> None:
    store = FrameStore(tmp_path)
    writer = FrameWriter(store)
    with pytest.raises(RecordingError, match="moved"):
        exposed(writer, Broken(), 0)
    exposed(writer, Shows(1), 33)
    writer.close()
    store.close()


def test_a_full_disk_raises_at_flush(tmp_path: Path) -> None:
    class Full(FrameStore):
        def add(self, at_ms: int, jpeg: bytes) -> None:
            raise OSError("No space left on device")

    store = Full(tmp_path)
    writer = FrameWriter(store)
    exposed(writer, Shows(1), 0)
    with pytest.raises(RecordingError, match="recording failed: No space left"):
        writer.flush()
    with pytest.raises(RecordingError, match="No space left"):
        exposed(writer, Shows(2), 33)
    writer.close()
    store.close()
