"""Reports of one job's progress to the parent process."""

from __future__ import annotations

from collections.abc import Callable

from forge.model.records import Event, Job, Line, Phase
from forge.tutorial import Step
from forge.workers.real_time import monotonic

FRAME_NEWS_S = 1.0  # the time between two reports of frames while composing


class Reporter:
    """Sends the events of one job, and keeps its warnings for the result."""

    def __init__(self, job: Job, slot: int, send: Callable[[Event], object]) -> None:
        self.warnings: list[str] = []
        self._job, self._slot, self._send = job, slot, send
        self._told_s = monotonic()

    def sibling(self) -> Reporter:
        """Return a reporter of the same job with warnings of its own."""
        return Reporter(self._job, self._slot, self._send)

    def phase(self, phase: Phase) -> None:
        """Report that a phase begins."""
        self._send(Event(kind="phase", slot=self._slot, job=self._job.name, phase=phase))

    def take(self, exact: bool) -> None:
        """Report that the job has a take, which other jobs may wait for, and if it is exact."""
        self._send(Event(kind="take", slot=self._slot, job=self._job.name, exact=exact))

    def line(self, number: int, line: Line) -> None:
        """Report that line `number` (from 1) is about to be spoken."""
        self._progress(number, len(self._job.lines), line.text)

    def step(self, number: int, step: Step) -> None:
        """Report that step `number` (from 1) is about to be recorded."""
        self._progress(number, len(self._job.lines), self._job.lines[number - 1].text)

    def frame(self, number: int, count: int) -> None:
        """Report that frame `number` of `count` is about to be encoded; once a second at most."""
        now_s = monotonic()
        if now_s - self._told_s >= FRAME_NEWS_S:
            self._told_s = now_s
            self._progress(number, count, "")

    def warn(self, text: str) -> None:
        """Report a warning for the user."""
        self.warnings.append(text)
        self._send(Event(kind="warning", slot=self._slot, job=self._job.name, text=text))

    def _progress(self, number: int, count: int, text: str) -> None:
        self._send(
            Event(
                kind="step",
                slot=self._slot,
                job=self._job.name,
                step=number,
                steps=count,
                text=text,
            )
        )
