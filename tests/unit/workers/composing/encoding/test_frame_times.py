"""The frames of a file cover the video exactly, at every rate."""

from __future__ import annotations

import random
from collections.abc import Collection
from itertools import pairwise
from typing import NamedTuple

import pytest

from forge.model.settings import Style
from forge.model.timeline import Manifest
from forge.workers.composing.encoding.frame_times import KEY_FRAME_S, Tick
from forge.workers.composing.encoding.frame_times import schedule as schedule_states
from forge.workers.composing.storyboard.frame_state import Screen, grid_index
from forge.workers.composing.storyboard.storyboard import Storyboard
from tests.support.takes import manifest

RATES = (10, 24, 25, 30, 50, 60)


def some_manifest(by: random.Random) -> Manifest:
    total_ms = by.randint(1, 30) * 1000 + by.choice([0, 100, 300])
    moments = {0, *(by.randrange(total_ms) for _ in range(by.choice([0, 1, 5, 200])))}
    return manifest(total_ms, [(at_ms, number) for number, at_ms in enumerate(sorted(moments))])


def schedule(made: Manifest, fps: int, *, constant: bool, cuts: Collection[int] = ()) -> list[Tick]:
    states = Storyboard(made, Screen(640, 360, 1, fps), Style()).states()
    return schedule_states(states, cuts, fps, constant=constant)


class Case(NamedTuple):
    """A video that is cut at `cuts`."""

    manifest: Manifest
    fps: int
    constant: bool
    cuts: frozenset[int]
    ticks: list[Tick]


def case(seed: int, fps: int, *, constant: bool) -> Case:
    by = random.Random(seed)
    made = some_manifest(by)
    length = grid_index(made.total_ms, fps)
    cuts = frozenset(by.randrange(length) for _ in range(by.choice([0, 3, 8])))
    return Case(made, fps, constant, cuts, schedule(made, fps, constant=constant, cuts=cuts))


@pytest.fixture(
    params=[(fps, constant) for fps in RATES for constant in (False, True)],
    ids=lambda p: f"{p[0]}fps-{'constant' if p[1] else 'variable'}",
    scope="module",
)
def cases(request: pytest.FixtureRequest) -> list[Case]:
    """Twenty videos at one rate."""
    fps, constant = request.param
    return [case(seed, fps, constant=constant) for seed in range(20)]


def test_ticks_cover_the_video_without_gap_or_overlap(cases: list[Case]) -> None:
    for one in cases:
        assert one.ticks[0].at == 0
        assert all(a.at + a.length == b.at for a, b in pairwise(one.ticks))
        assert all(tick.length >= 1 for tick in one.ticks)
        assert sum(t.length for t in one.ticks) == grid_index(one.manifest.total_ms, one.fps)


def test_a_frame_comes_every_second_and_last(cases: list[Case]) -> None:
    for one in cases:
        assert max(tick.length for tick in one.ticks) <= one.fps
        assert one.ticks[-1].at == grid_index(one.manifest.total_ms, one.fps) - 1


def test_key_frames_are_at_cuts_and_every_eight_seconds(cases: list[Case]) -> None:
    for one in cases:
        keys = [tick.at for tick in one.ticks if tick.key]
        assert {0, *one.cuts} <= set(keys)
        ends = [*keys[1:], grid_index(one.manifest.total_ms, one.fps)]
        longest = max(tick.length for tick in one.ticks)
        for key, end in zip(keys, ends, strict=True):
            assert end - key <= KEY_FRAME_S * one.fps + longest
            needed = end - key >= KEY_FRAME_S * one.fps
            assert needed or end in one.cuts or end == ends[-1], "no other key frame is needed"


def test_every_position_shows_the_picture_of_its_moment(cases: list[Case]) -> None:
    for one in cases:
        pictures = one.manifest.pictures
        began = [(grid_index(picture.at_ms, one.fps), picture.frame) for picture in pictures]
        for tick in one.ticks:
            for at in (tick.at, tick.at + tick.length - 1):
                assert tick.state.frame == [frame for index, frame in began if index <= at][-1]


@pytest.mark.parametrize("fps", RATES)
def test_constant_rate_is_a_frame_a_position(fps: int) -> None:
    ticks = schedule(manifest(3000, [(0, 0), (1234, 1)]), fps, constant=True)
    assert [tick.at for tick in ticks] == list(range(3 * fps))


def test_variable_rate_encodes_changes_and_seconds() -> None:
    ticks = schedule(manifest(3000, [(0, 0), (500, 1)]), 30, constant=False)
    assert [(t.at, t.length, t.state.frame, t.key) for t in ticks] == [
        (0, 15, 0, True),
        (15, 30, 1, False),
        (45, 30, 1, False),
        (75, 14, 1, False),
        (89, 1, 1, False),
    ]


def test_a_still_minute_costs_a_frame_a_second() -> None:
    assert len(schedule(manifest(60_000, [(0, 0)]), 30, constant=False)) == 61


@pytest.mark.parametrize(
    ("at_ms", "fps", "index"),
    [(0, 30, 0), (16, 30, 0), (17, 30, 1), (33, 30, 1), (20, 25, 1), (19, 25, 0), (1000, 24, 24)],
)
def test_a_moment_goes_to_the_nearest_position(at_ms: int, fps: int, index: int) -> None:
    assert grid_index(at_ms, fps) == index
