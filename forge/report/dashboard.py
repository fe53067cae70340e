"""The live dashboard on a terminal: one row a lane, the whole batch below.

Drawing is pure: `draw(progress, width)` returns what to show; a thread of rich's paints it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from forge.model.news import Finished, Listener, News, Notice, Retried, WorkerEvent
from forge.model.records import Event
from forge.report.plain_log import PlainLog
from forge.report.progress import LaneProgress, Progress
from forge.report.wording import clock, ended, retried, speed

REFRESH_PER_S = 8
WIDE = 90  # columns from which the narration is shown


@contextmanager
def open_screen(console: Console, progress: Progress) -> Iterator[Listener]:
    """Show a batch while the block runs: live on a terminal, as plain lines anywhere else.

    The caller must pass news to `progress` first, and then to the listener that this yields.
    """
    if not console.is_terminal:
        yield PlainLog(console, progress)
        return
    with Live(
        get_renderable=lambda: draw(progress, console.width),
        console=console,
        refresh_per_second=REFRESH_PER_S,
        transient=True,
    ):
        yield Dashboard(console)


def draw(progress: Progress, width: int) -> RenderableType:
    """Return the dashboard at this moment, for a terminal of `width` columns."""
    table = Table(box=None, pad_edge=False, expand=True, header_style="dim")
    for name in ("lane", "job", "phase", "step"):
        table.add_column(name, no_wrap=True)
    if width >= WIDE:
        table.add_column("narration", ratio=1, no_wrap=True, overflow="ellipsis")
    table.add_column("time", justify="right", no_wrap=True)
    for slot, lane in sorted(progress.lanes.items()):
        table.add_row(*_row(slot, lane, progress, width))
    return Group(table, _summary(progress))


def _row(slot: int, lane: LaneProgress | None, progress: Progress, width: int) -> list[Text]:
    name = Text(progress.name_of(slot))
    if lane is None:
        cells = [name, Text("idle", style="dim"), Text(""), Text("")]
        since = Text("")
        text = Text("")
    else:
        step = f"{lane.step}/{lane.steps}" if lane.steps else ""
        phase = Text(lane.phase or "starting", style="cyan")
        cells = [name, Text(lane.job, style="bold"), phase, Text(step)]
        since = Text(clock(progress.clock() - lane.since_s))
        text = Text(lane.text, style="italic")
    return [*cells, text, since] if width >= WIDE else [*cells, since]


def _summary(progress: Progress) -> RenderableType:
    line = Table.grid(padding=(0, 2), expand=True)
    line.add_column(ratio=1)
    line.add_column(no_wrap=True)
    done = len(progress.results) - progress.failed
    left = f", about {clock(progress.left_s)} left" if progress.left_s is not None else ""
    failed = f", [red]{progress.failed} failed[/red]" if progress.failed else ""
    made = f" · {speed(progress.video_s, progress.elapsed_s)}" if progress.video_s else ""
    line.add_row(
        ProgressBar(total=1.0, completed=progress.share),
        f"[green]{done}[/green] of {progress.total} done{failed} · "
        f"{clock(progress.elapsed_s)}{left}{made}",
    )
    return line


class Dashboard:
    """Prints what stays on the screen above the live rows."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def on(self, news: News) -> None:
        """Print the line of `news`, if it has one."""
        if line := line_above(news):
            self._console.print(line, highlight=False)


def line_above(news: News) -> str | None:
    """Return the line of rich markup that `news` leaves above the rows; None for most news."""
    match news:
        case Retried():
            return retried(news)
        case Finished(result=result):
            return ended(result)
        case WorkerEvent(event=Event(kind="warning", job=job, text=text)):
            return f"[yellow]{escape(f'{job}: {text}')}[/yellow]"
        case Notice(text=text):
            return f"[yellow]{escape(text)}[/yellow]"
        case _:
            return None
