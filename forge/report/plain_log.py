"""One line for each thing that happens in a batch: for logs, which scroll and are searched."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from forge.model.news import Finished, News, Notice, Retried, Started, WorkerEvent
from forge.model.records import Event
from forge.report.progress import Progress
from forge.report.wording import clock, ended, retried


class PlainLog:
    """Prints each line with the time since the batch began; `progress` must get the news first."""

    def __init__(self, console: Console, progress: Progress) -> None:
        self._console, self._progress = console, progress

    def on(self, news: News) -> None:
        """Print the line of `news`, if it has one."""
        if line := line_of(news, self._progress):
            stamp = clock(self._progress.elapsed_s)
            self._console.print(f"{stamp:>7} {line}", highlight=False, soft_wrap=True)


def line_of(news: News, progress: Progress) -> str | None:
    """Return what a log says of `news`, as rich markup; None for what it leaves out."""
    match news:
        case Started(job=job, slot=slot):
            return f"{escape(job.name)}: started in lane {escape(progress.name_of(slot))}"
        case WorkerEvent(event=event):
            return _of_event(event)
        case Retried():
            return retried(news)
        case Finished(result=result):
            left = f", about {clock(progress.left_s)} left" if progress.left_s else ""
            return f"{ended(result)} ({len(progress.results)}/{progress.total}{left})"
        case Notice(text=text):
            return escape(text)


def _of_event(event: Event) -> str | None:
    if event.kind == "phase":
        return f"{event.job}: {event.phase}"
    if event.kind == "warning":
        return f"{event.job}: warning: {escape(event.text)}"
    return None
