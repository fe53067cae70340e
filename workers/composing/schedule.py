"""Which frames are encoded, and when each shows: pure arithmetic on the fps grid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from forge.layout import Manifest

KEY_FRAME_S = 5


class Tick(NamedTuple):
    """One frame of the file: at grid position `at`, for `length` positions, shows `frame`."""

    at: int
    length: int
    frame: int
    key: bool


def grid_index(at_ms: int, fps: int) -> int:
    """The grid position nearest to `at_ms`; halves go up."""
    return (at_ms * fps * 2 + 1000) // 2000


def schedule(manifest: Manifest, fps: int, *, constant: bool) -> list[Tick]:
    """The frames of the file, in order; their lengths add up to the whole video.

    Variable rate: one for each change, one a second at least (players seek and thumbnail by
    them), and one at the very last position, because a file's length is counted from where its
    last frame begins. Constant rate: one for each position.
    """
    total = grid_index(manifest.total_ms, fps)
    shows = _shows(manifest, fps, total)
    positions = list(range(total)) if constant else list(_positions(sorted(shows), fps, total))
    ticks: list[Tick] = []
    frame, key_at = shows[0], 0
    for index, following in zip(positions, [*positions[1:], total], strict=True):
        frame = shows.get(index, frame)
        key = index >= key_at
        if key:
            key_at = index + KEY_FRAME_S * fps
        ticks.append(Tick(index, following - index, frame, key))
    return ticks


def _shows(manifest: Manifest, fps: int, total: int) -> dict[int, int]:
    """Grid position → frame that shows from there on; of two at one position, the later."""
    return {
        index: picture.frame
        for picture in manifest.pictures
        if (index := grid_index(picture.at_ms, fps)) < total
    }


def _positions(changes: list[int], fps: int, total: int) -> Iterator[int]:
    for index, following in zip(changes, [*changes[1:], total], strict=True):
        yield from range(index, following, fps)
    if total - 1 > changes[-1] and (total - 1 - changes[-1]) % fps:
        yield total - 1
