"""The frames of the video file and their times: pure arithmetic on the frame grid."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from forge.model.settings import Video
from forge.workers.composing.storyboard.frame_state import FrameState
from forge.workers.composing.storyboard.storyboard import Storyboard

KEY_FRAME_S = 8


class Tick(NamedTuple):
    """One frame of the file: shows `state` at grid position `at` for `length` positions."""

    at: int
    length: int
    state: FrameState
    key: bool


def schedule(
    states: Sequence[FrameState], cuts: Collection[int], fps: int, *, constant: bool
) -> list[Tick]:
    """Return the frames of the file, in order; their lengths add up to the whole video.

    There is a key frame at each of `cuts`, and eight seconds after the last one. Variable rate: a
    frame for each change of state; at least one each second, for players that seek by frames; and
    one at the last position, because players count a file's length up to the beginning of its last
    frame. Constant rate: a frame for each position.
    """
    total = len(states)
    changes = [at for at in range(total) if not at or at in cuts or states[at] != states[at - 1]]
    positions = range(total) if constant else list(_positions(changes, fps, total))
    ticks: list[Tick] = []
    key_at = 0
    for index, following in zip(positions, [*positions[1:], total], strict=True):
        key = index >= key_at or index in cuts
        if key:
            key_at = index + KEY_FRAME_S * fps
        ticks.append(Tick(index, following - index, states[index], key))
    return ticks


def scheduled(board: Storyboard, video: Video) -> list[Tick]:
    """Return the frames of a whole video, at the variable or constant rate of its settings."""
    constant = video.frame_rate == "constant"
    return schedule(board.states(), board.cuts(), video.fps, constant=constant)


def _positions(changes: Sequence[int], fps: int, total: int) -> Iterator[int]:
    for index, following in zip(changes, [*changes[1:], total], strict=True):
        yield from range(index, following, fps)
    if total - 1 > changes[-1] and (total - 1 - changes[-1]) % fps:
        yield total - 1
