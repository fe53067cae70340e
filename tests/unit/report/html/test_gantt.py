"""The picture of the lanes: bars, phases, and the axis."""

from __future__ import annotations

import pytest

from forge.model.records import JobResult
from forge.report.html.gantt import Lane, lanes, picture
from forge.report.html.tags import html
from tests.support.markup import Reader


def ended(job: str, slot: int, start_s: float, end_s: float, **more: object) -> JobResult:
    fields = {"job": job, "status": "done", "attempts": 1, "slot": slot}
    return JobResult.model_validate(
        {**fields, "started_s": start_s, "ended_s": end_s, "wall_s": end_s - start_s, **more}
    )


def test_bars_of_a_lane_do_not_overlap() -> None:
    first, second = ended("a", 0, 0, 10), ended("b", 0, 5, 20)  # b's first attempt ran elsewhere
    bars = lanes([second, first])[Lane("", 0)]
    assert [(bar.job, bar.start_s, bar.end_s) for bar in bars] == [("a", 0, 10), ("b", 10, 20)]


def test_lanes_are_ordered_by_shard_and_slot() -> None:
    results = [ended("a", 1, 0, 1, shard="10/12"), ended("b", 0, 0, 1, shard="2/12")]
    assert [str(lane) for lane in lanes(results)] == ["2/12 lane 0", "10/12 lane 1"]


def test_lanes_are_grouped_by_host() -> None:
    names = ["here/0", "ana/0", "ana/1", "ben/0"]
    results = [ended(name, slot, 0, 1, lane=name) for slot, name in enumerate(names)]
    assert [str(lane) for lane in lanes(results[::-1])] == names


def test_phases_end_with_the_job() -> None:
    (bar,) = lanes([ended("a", 0, 0, 10, phases={"speak": 1, "record": 5, "compose": 2})])[
        Lane("", 0)
    ]
    assert bar.phases == (("speak", 2, 3), ("record", 3, 8), ("compose", 8, 10))


def test_batch_in_which_nothing_ran_has_no_picture() -> None:
    assert picture([JobResult(job="a", status="up-to-date")]) is None


@pytest.mark.parametrize(
    ("length_s", "labels"),
    [
        (5, ["0:00", "0:01", "0:02", "0:03", "0:04"]),
        (130, ["0:00", "0:30", "1:00", "1:30", "2:00"]),
    ],
)
def test_axis_has_few_round_times(length_s: float, labels: list[str]) -> None:
    drawn = picture([ended("a", 0, 0, length_s)])
    assert drawn is not None
    text = Reader(html(drawn)).text
    assert text.strip().endswith("".join(labels))


def test_failed_job_is_marked_and_linked() -> None:
    drawn = picture([ended("a", 0, 0, 5, status="failed")])
    assert drawn is not None
    tags = Reader(html(drawn)).tags
    assert [attrs["class"] for tag, attrs in tags if tag == "rect"] == ["start", "bad"]
    assert [attrs["href"] for tag, attrs in tags if tag == "a"] == ["#job-a"]
