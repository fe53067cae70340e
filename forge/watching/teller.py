"""Show on the board what the work on a job tells."""

from __future__ import annotations

import time
from collections.abc import Callable

from forge.model.records import Job
from forge.watching.board import Board, Shown, ShownJob, ShownStep
from forge.workers.watching.messages import Clipped, Doing, Drawn


class Teller:
    """Changes the board, and measures how soon a changed step can be played."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._began_s: float | None = time.monotonic()

    def begin_round(self, *, again: bool = True) -> None:
        """Measure from now on; unless `again`, only if nothing is being measured."""
        if again or self._began_s is None:
            self._began_s = time.monotonic()
            self._board.change(lambda shown: setattr(shown, "took_s", None))

    def tell(self, doing: str) -> None:
        """Show what is being done; an empty text for nothing."""
        self._board.change(lambda shown: setattr(shown, "doing", doing))

    def change_job(self, job: Job, do: Callable[[ShownJob], object]) -> None:
        """Call `do` with what is shown of `job`."""
        self._board.change(lambda shown: do(job_in(shown, job)))

    def on_news(self, job: Job, news: object) -> None:
        """Show news of the work on `job`."""
        match news:
            case Doing(text=text):
                self.tell(text)
            case Drawn(step=step, picture=picture, length_s=length_s):
                self._change_step(job, step, lambda one: one.draw(picture, length_s))
            case Clipped(step=step, clip=clip):
                self._change_step(job, step, lambda one: setattr(one, "clip", clip))
                if step == self._board.shown.step:
                    self._end_round()

    def _end_round(self) -> None:
        if self._began_s is not None:
            took_s, self._began_s = time.monotonic() - self._began_s, None
            self._board.change(lambda shown: setattr(shown, "took_s", round(took_s, 1)))

    def _change_step(self, job: Job, step: str, do: Callable[[ShownStep], object]) -> None:
        def change(shown: Shown) -> None:
            if found := job_in(shown, job).step(step):
                do(found)

        self._board.change(change)


def job_in(shown: Shown, job: Job) -> ShownJob:
    """Return what is shown of `job`."""
    found = shown.named(job.name)
    assert found, "jobs are replaced between two works only"
    return found
