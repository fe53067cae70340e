"""What a take keeps of an interaction, in old files and in new ones."""

from __future__ import annotations

from forge.model.take import Interaction, StepTake
from forge.model.widgets import KeyPress, OpenList, Row


def test_every_time_of_an_interaction_is_converted() -> None:
    done = Interaction(
        kind="choose",
        from_ms=100,
        there_ms=200,
        at_ms=300,
        until_ms=700,
        widget=OpenList(rows=(Row(label="Rome"),), chosen=0, from_ms=400, there_ms=500),
        keys=(KeyPress(at_ms=600, label="Enter"),),
    )
    later = done.timed(lambda ms: ms + 1000)
    assert isinstance(later.widget, OpenList)
    times = (later.from_ms, later.there_ms, later.at_ms, later.widget.from_ms)
    assert times == (1100, 1200, 1300, 1400)
    assert (later.widget.there_ms, later.keys[0].at_ms, later.until_ms) == (1500, 1600, 1700)
    assert later.widget.rows == (Row(label="Rome"),)


def test_a_time_that_is_not_set_stays_unset() -> None:
    later = Interaction(kind="key", at_ms=5).timed(lambda ms: ms + 10)
    assert (later.at_ms, later.from_ms, later.until_ms, later.widget) == (15, None, None, None)


def test_a_step_that_was_written_before_there_were_widgets_can_be_read() -> None:
    old = """{"id": "one", "start_ms": 0, "action_start_ms": 10, "action_end_ms": 20, "end_ms": 30,
        "settle_ms": 400, "interactions": [{"kind": "click", "at_ms": 15, "box": [1, 2, 3, 4]}]}"""
    step = StepTake.model_validate_json(old)
    assert step.dialogs == ()
    assert (step.interactions[0].widget, step.interactions[0].keys) == (None, ())
