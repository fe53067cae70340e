"""The live dashboard: one row a lane, the whole below. Plain lines where nobody looks.

Drawing is pure: `draw(progress, width)` gives what to show; a thread of rich's only paints it.
"""

from __future__ import annotations

from types import TracebackType
from typing import Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from forge.model.records import Event, Job, JobResult
from forge.report.progress import LaneProgress, Progress

REFRESH_PER_S = 8
WIDE = 90  # columns from which there is room for the narration


class Screen(Protocol):
    """Shows a batch while it runs."""

    def on_start(self, job: Job, slot: int) -> None: ...
    def on_event(self, event: Event) -> None: ...
    def on_retry(self, result: JobResult, attempt: int, delay_s: float) -> None: ...
    def on_result(self, result: JobResult) -> None: ...
    def on_notice(self, text: str) -> None: ...
    def __enter__(self) -> Screen: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def make_screen(console: Console, progress: Progress) -> Screen:
    """The live dashboard on a terminal, plain lines anywhere else."""
    return Dashboard(console, progress) if console.is_terminal else PlainLog(console, progress)


def clock(seconds: float) -> str:
    """`seconds` as m:ss, or h:mm:ss."""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def speed(video_s: float, wall_s: float) -> str:
    """How fast `video_s` of finished video came out."""
    return f"{video_s / wall_s:.1f} × real time" if wall_s > 0 else ""


def draw(progress: Progress, width: int) -> RenderableType:
    """The dashboard as it is at this moment, for a terminal of `width` columns."""
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
    if lane is None:
        cells = [Text(str(slot)), Text("idle", style="dim"), Text(""), Text("")]
        since = Text("")
        text = Text("")
    else:
        step = f"{lane.step}/{lane.steps}" if lane.steps else ""
        phase = Text(lane.phase or "starting", style="cyan")
        cells = [Text(str(slot)), Text(lane.job, style="bold"), phase, Text(step)]
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
    """Live on a terminal."""

    def __init__(self, console: Console, progress: Progress) -> None:
        self._console, self._progress = console, progress
        self._live = Live(
            get_renderable=lambda: draw(progress, console.width),
            console=console,
            refresh_per_second=REFRESH_PER_S,
            transient=True,
        )

    def on_start(self, job: Job, slot: int) -> None:
        self._progress.start(job, slot)

    def on_event(self, event: Event) -> None:
        self._progress.event(event)
        if event.kind == "warning":
            self.on_notice(f"{event.job}: {event.text}")

    def on_retry(self, result: JobResult, attempt: int, delay_s: float) -> None:
        self._progress.retry(result)
        self._console.print(retried(result, attempt, delay_s), highlight=False)

    def on_result(self, result: JobResult) -> None:
        self._progress.result(result)
        self._console.print(ended(result), highlight=False)

    def on_notice(self, text: str) -> None:
        self._console.print(f"[yellow]{escape(text)}[/yellow]", highlight=False)

    def __enter__(self) -> Dashboard:
        self._live.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.__exit__(kind, error, trace)


class PlainLog:
    """One line for each thing that happens: for logs, which scroll and are searched."""

    def __init__(self, console: Console, progress: Progress) -> None:
        self._console, self._progress = console, progress

    def on_start(self, job: Job, slot: int) -> None:
        self._progress.start(job, slot)
        self._say(f"{escape(job.name)}: started in lane {slot}")

    def on_event(self, event: Event) -> None:
        self._progress.event(event)
        if event.kind == "phase":
            self._say(f"{event.job}: {event.phase}")
        elif event.kind == "warning":
            self._say(f"{event.job}: warning: {escape(event.text)}")

    def on_retry(self, result: JobResult, attempt: int, delay_s: float) -> None:
        self._progress.retry(result)
        self._say(retried(result, attempt, delay_s))

    def on_result(self, result: JobResult) -> None:
        self._progress.result(result)
        left = self._progress.left_s
        rest = f", about {clock(left)} left" if left else ""
        count = f"{len(self._progress.results)}/{self._progress.total}"
        self._say(f"{ended(result)} ({count}{rest})")

    def on_notice(self, text: str) -> None:
        self._say(escape(text))

    def _say(self, line: str) -> None:
        stamp = clock(self._progress.elapsed_s)
        self._console.print(f"{stamp:>7} {line}", highlight=False, soft_wrap=True)

    def __enter__(self) -> PlainLog:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass


def ended(result: JobResult) -> str:
    """One line, in rich's markup, on how a job ended."""
    if result.error:
        return f"[red]✗ {escape(result.job)}[/red] {escape(result.error.headline)}"
    video = ""
    if result.video_s:
        video = f", {result.video_s:.1f} s of video ({speed(result.video_s, result.wall_s)})"
    told = f", {escape(result.told)}" if result.told else ""
    return f"[green]✓ {escape(result.job)}[/green] {result.wall_s:.1f} s{video}{told}"


def retried(result: JobResult, attempt: int, delay_s: float) -> str:
    """One line, in rich's markup, on an attempt that failed and is not the last."""
    why = escape(result.error.headline) if result.error else "?"
    return (
        f"[yellow]↻ {escape(result.job)}[/yellow] attempt {attempt} failed: {why};"
        f" again in {delay_s:g} s"
    )
