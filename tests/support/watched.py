"""Plans of a project that is watched, and a worker that only notes its work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from forge.errors import ForgeError
from forge.model.records import Attempt, Job, Line
from forge.model.settings import Settings
from forge.watching.rounds import Plan
from forge.watching.warm import Stopped, Work
from forge.workers.watching.messages import Clipped, Doing, Drawn
from tests.support.jobs import MACHINE, job


def tour(
    name: str = "tour", lang: str | None = None, *, says: Sequence[str] = ("one", "two")
) -> Job:
    """Return a job with a step for each sentence, whose prints are made of the sentences."""
    lines = tuple(Line(step=f"s{number}", text=text) for number, text in enumerate(says))
    return job(name, lang, lines=lines, video_prints={"narration": "|".join(says)})


def planned(
    folder: Path, *jobs: Job, codes: str = "", style: str = "", warnings: Sequence[str] = ()
) -> Plan:
    """Return a plan of `jobs`; `codes` is part of the code of each step, `style` of each print."""
    made = [one.model_copy(update={"take_prints": {"of": codes + style}}) for one in jobs]
    return Plan(
        settings=Settings(project_dir=folder),
        machine=MACHINE,
        jobs=tuple(made),
        codes={one.name: tuple(f"{codes}{line.step}" for line in one.lines) for one in jobs},
        warnings=tuple(warnings),
    )


class FakeWorker:
    """A worker whose plan is `plan` (or an error), and which plays everything at once.

    `done`: the names of the functions, with the job and the step or steps. `during` is called in
    the middle of each work. `attempt`: the result of playing, if it is another than success.
    """

    def __init__(self, plan: Plan | ForgeError) -> None:
        self.plan, self.done = plan, list[str]()
        self.attempt: Attempt | ForgeError | None = None
        self.during: Callable[[], object] = lambda: None

    def do(
        self, work: Work, on_news: Callable[[Any], object], may_go_on: Callable[[], bool]
    ) -> Any:
        name = work.function.rpartition(":")[2]
        wish = work.given[0]
        of = "" if name == "planned" else f" {wish.job.name} {(*work.given[1:], wish.step)[0]}"
        self.done.append(f"{name}{of}")
        self.during()
        if not may_go_on():
            raise Stopped
        match name:
            case "planned":
                return _or_raise(self.plan)
            case "play":
                on_news(Doing(text="speaks"))
                for line in wish.job.lines:
                    on_news(Drawn(step=line.step, picture=f"{line.text}.jpg", length_s=2.5))
                on_news(Clipped(step=wish.step, clip=f"{wish.step}.mp4"))
                return _or_raise(self.attempt or Attempt(job=wish.job.name, warnings=("slow",)))
            case _:
                for step in work.given[1]:
                    on_news(Clipped(step=step, clip=f"{step}.mp4"))
                return None


def _or_raise(value: Any) -> Any:
    if isinstance(value, Exception):
        raise value
    return value
