"""The frames of a file cover the video exactly, at every rate."""

from __future__ import annotations

import random
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


def schedule(made: Manifest, fps: int, *, constant: bool) -> list[Tick]:
    states = Storyboard(made, Screen(640, 360, 1, fps), Style()).states()
    return schedule_states(states, fps, constant=constant)


class Case(NamedTuple):
    manifest: Manifest
    fps: int
    ticks: list[Tick]


@pytest.fixture(
    params=[(fps, constant) for fps in RATES for constant in (False, True)],
    ids=lambda p: f"{p[0]}fps-{'constant' if p[1] else 'variable'}",
    scope="module",
)
def cases(request: pytest.FixtureRequest) -> list[Case]:
    """Twenty videos at one rate."""
    fps, constant = request.param
    made = [some_manifest(random.Random(seed)) for seed in range(20)]
    return [Case(m, fps, schedule(m, fps, constant=constant)) for m in made]


def test_ticks_cover_the_video_without_gap_or_overlap(cases: list[Case]) -> None:
    for made, fps, ticks in cases:
        assert ticks[0].at == 0
        assert all(one.at + one.length == two.at for one, two in pairwise(ticks))
        assert all(tick.length >= 1 for tick in ticks)
        assert sum(tick.length for tick in ticks) == grid_index(made.total_ms, fps)


def test_a_frame_comes_every_second_and_last(cases: list[Case]) -> None:
    for made, fps, ticks in cases:
        assert max(tick.length for tick in ticks) <= fps
        assert ticks[-1].at == grid_index(made.total_ms, fps) - 1


def test_a_key_frame_comes_every_five_seconds(cases: list[Case]) -> None:
    for _, fps, ticks in cases:
        keys = [tick.at for tick in ticks if tick.key]
        assert keys[0] == 0
        longest = max(tick.length for tick in ticks)
        for one, two in pairwise([*keys, ticks[-1].at]):
            assert two - one <= KEY_FRAME_S * fps + longest


def test_key_frames_are_never_closer_than_needed(cases: list[Case]) -> None:
    for _, fps, ticks in cases:
        keys = [tick.at for tick in ticks if tick.key]
        assert all(two - one >= KEY_FRAME_S * fps for one, two in pairwise(keys))


def test_every_position_shows_the_picture_of_its_moment(cases: list[Case]) -> None:
    for made, fps, ticks in cases:
        began = [(grid_index(picture.at_ms, fps), picture.frame) for picture in made.pictures]
        for tick in ticks:
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
