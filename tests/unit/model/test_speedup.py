"""Idle waits pass faster; speech, actions and the edges of waits do not."""

from __future__ import annotations

import random

import pytest

from forge.model.card_timing import Titles
from forge.model.speedup import EDGE_MS, IDLE_MS, SPEED, Pace, pace_of
from forge.model.take import Interaction
from forge.model.timeline import lay_out
from tests.support.takes import speech, step, take


def test_the_rules_are_those_of_the_product() -> None:
    assert (IDLE_MS, EDGE_MS, SPEED) == (2000, 500, 3)


@pytest.mark.parametrize(
    ("length_ms", "busy", "fast"),
    [
        (2000, [], ()),
        (2001, [], ((500, 1501),)),
        (10_000, [(0, 3000)], ((3500, 9500),)),
        (10_000, [(0, 9000)], ()),
        (10_000, [(0, 1000), (5000, 5000)], ((1500, 4500), (5500, 9500))),
        (10_000, [(5000, 5200), (0, 1000), (900, 4000)], ((5700, 9500),)),
        (3000, [(0, 12_000)], ()),
    ],
)
def test_only_long_idle_waits_are_sped_up(
    length_ms: int, busy: list[tuple[int, int]], fast: tuple[tuple[int, int], ...]
) -> None:
    assert pace_of(length_ms, busy).fast == fast


@pytest.mark.parametrize("seed", range(10))
def test_time_is_monotonic_and_busy_time_unchanged(seed: int) -> None:
    by = random.Random(seed)
    starts = [by.randint(0, 40_000) for _ in range(4)]
    busy = [(start, start + by.randint(0, 3000)) for start in starts]
    pace = pace_of(45_000, busy)
    times = [pace.at(ms) for ms in range(-500, 46_000, 50)]
    assert times == sorted(times)
    assert pace.at(-500) == -500
    for start, end in busy:
        assert pace.at(end) - pace.at(start) == end - start


def test_a_wait_is_a_third_as_long() -> None:
    pace = Pace(((500, 6500),))
    assert [pace.at(ms) for ms in (0, 500, 3500, 6500, 7000)] == [0, 500, 1500, 2500, 3000]


def test_sped_up_step_keeps_sound_and_clicks_aligned() -> None:
    waits = step("a", 0, (100, 12_100), 12_600, clicks=[1100])
    manifest = lay_out(take([waits], [0, 6100, 12_000]), speech(a=3000), Titles("T"), speed_up=True)
    (placed,) = manifest.steps
    assert placed.action_end_ms - placed.action_start_ms == 3000 + 500 + 8000 // 3 + 500
    assert placed.interactions[0].at_ms == placed.action_start_ms + 1000
    assert placed.audio_start_ms == placed.action_start_ms
    assert [p.at_ms for p in manifest.pictures] == [0, 300 + 3500 + 2500 // 3, 300 + 6566]


def test_typing_keeps_its_speed_to_the_end() -> None:
    typing = Interaction(kind="type", at_ms=1000, until_ms=9000)
    waits = step("a", 0, (0, 10_000), 10_500).model_copy(update={"interactions": (typing,)})
    manifest = lay_out(take([waits], [0]), speech(a=500), Titles("T"), speed_up=True)
    assert manifest.steps[0].action_end_ms - manifest.steps[0].action_start_ms == 10_000
