"""When a batch has to stop."""

from __future__ import annotations

from forge.batch.setbacks import Setbacks
from forge.model.settings import Limits

GONE = "ana has gone away"


def away(since_s: float) -> Setbacks:
    setbacks = Setbacks(Limits(away_s=10))
    assert [*setbacks.look({"ana": GONE, "ben": None}, since_s)] == [GONE]
    return setbacks


def test_deaths_count_in_a_row() -> None:
    setbacks = Setbacks(Limits(restarts=1))
    assert setbacks.count_death() is None
    setbacks.end_row()
    assert setbacks.count_death() is None
    assert setbacks.count_death() == (
        "2 workers died one after the other, more than limits.restarts = 1"
    )


def test_each_change_is_told_once() -> None:
    setbacks = away(100.0)
    assert [*setbacks.look({"ana": GONE, "ben": None}, 101.0)] == []
    assert [*setbacks.look({"ana": None, "ben": None}, 102.0)] == ["ana is back"]
    assert [*setbacks.look({"ana": None, "ben": None}, 103.0)] == []


def test_a_host_is_lost_after_its_limit() -> None:
    setbacks = away(100.0)
    assert setbacks.lost(109.9) == set()
    assert setbacks.lost(110.0) == {"ana"}
    assert [*setbacks.look({"ana": None}, 110.0)]
    assert setbacks.lost(200.0) == set()


def test_a_pause_of_the_batch_does_not_count() -> None:
    setbacks = away(100.0)
    setbacks.excuse(3600.0)
    assert setbacks.lost(3709.9) == set()
    assert setbacks.lost(3710.0) == {"ana"}
