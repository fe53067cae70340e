"""A picture of the lanes (SVG): which job ran when, and in which phase it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element

from forge.model.records import PHASES, JobResult
from forge.report.html.tags import tag
from forge.report.wording import clock

WIDTH, HEIGHT = 1000, 20
STRIPE = 6  # height of the mark on a failed job
MOST_TICKS = 6
LAST_TICK = 0.93  # a label further right would be cut off
TICKS_S = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 86_400)


class Bar(NamedTuple):
    """One job in its lane. `phases`: names, begin and end. All times since the batch began."""

    job: str
    status: str
    start_s: float
    end_s: float
    phases: tuple[tuple[str, float, float], ...]


class Lane(NamedTuple):
    """A lane by its shard (empty without one), its number, and its name where it has one."""

    shard: str
    slot: int
    name: str = ""

    @property
    def order(self) -> tuple[int, int]:
        """The place of its row. The lanes of a host have numbers one after another."""
        return int(self.shard.partition("/")[0] or 0), self.slot

    def __str__(self) -> str:
        return f"{self.shard} {self.name or f'lane {self.slot}'}".strip()


def lanes(results: Sequence[JobResult]) -> dict[Lane, list[Bar]]:
    """Return the bars of each lane, in order of time.

    A result has the beginning of the first attempt, which may have run in another lane. So a bar
    begins no earlier than the one before it ended.
    """
    ended: dict[Lane, list[JobResult]] = defaultdict(list)
    for result in results:
        if result.slot is not None and result.ended_s is not None:
            ended[Lane(result.shard or "", result.slot, result.lane)].append(result)
    return {lane: list(_bars(ended[lane])) for lane in sorted(ended, key=lambda lane: lane.order)}


def _bars(results: list[JobResult]) -> Iterator[Bar]:
    free_s = 0.0
    for result in sorted(results, key=lambda result: result.ended_s or 0):
        end_s = result.ended_s or 0.0
        start_s = min(max(result.started_s or 0.0, free_s), end_s)
        yield Bar(result.job, result.status, start_s, end_s, _phases(result, start_s, end_s))
        free_s = end_s


def _phases(
    result: JobResult, start_s: float, end_s: float
) -> tuple[tuple[str, float, float], ...]:
    """Place the phases one after another up to the end of the job; start-up comes before them."""
    at_s = max(start_s, end_s - sum(result.phases.values()))
    found = []
    for phase in PHASES:
        until_s = min(end_s, at_s + result.phases.get(phase, 0.0))
        if until_s > at_s:
            found.append((phase, at_s, until_s))
            at_s = until_s
    return tuple(found)


def picture(results: Sequence[JobResult]) -> Element | None:
    """Return the lanes as rows of SVG above one axis; None if nothing ran."""
    rows = lanes(results)
    length_s = max((bar.end_s for bars in rows.values() for bar in bars), default=0.0)
    if not length_s:
        return None
    drawn: list[Element] = []
    for lane, bars in rows.items():
        boxes = [_box(bar, WIDTH / length_s) for bar in bars]
        svg = tag("svg", *boxes, viewBox=f"0 0 {WIDTH} {HEIGHT}", preserveAspectRatio="none")
        svg.set("role", "img")
        svg.set("aria-label", f"{lane}: {len(bars)} jobs")
        drawn += [tag("span", str(lane), class_="lane"), svg]
    return tag("div", *drawn, tag("span"), _axis(length_s), class_="gantt")


def _box(bar: Bar, scale: float) -> Element:
    """Return a bar that links to its job. It is no tab stop, because the jobs are."""
    title = f"{bar.job}: {bar.status}, {clock(bar.start_s)} to {clock(bar.end_s)}"
    return tag(
        "a",
        tag("title", title),
        _rect("start", bar.start_s, bar.end_s, scale),
        *(_rect(phase, start_s, end_s, scale) for phase, start_s, end_s in bar.phases),
        _rect("bad", bar.start_s, bar.end_s, scale, STRIPE) if bar.status == "failed" else None,
        href=f"#job-{bar.job}",
        tabindex=-1,
    )


def _rect(kind: str, start_s: float, end_s: float, scale: float, height: int = HEIGHT) -> Element:
    x, width = f"{start_s * scale:.2f}", f"{(end_s - start_s) * scale:.2f}"
    return tag("rect", class_=kind, x=x, y=HEIGHT - height, width=width, height=height)


def _axis(length_s: float) -> Element:
    fits = (step for step in TICKS_S if length_s / step <= MOST_TICKS)
    step_s = next(fits, TICKS_S[-1])
    marks = [
        tag("span", clock(at_s), style=f"left:{100 * at_s / length_s:.2f}%")
        for at_s in range(0, int(length_s * LAST_TICK) + 1, step_s)
    ]
    return tag("div", *marks, class_="axis", aria_hidden="true")
