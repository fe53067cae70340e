"""Words and numbers that the terminal, the logs and the page have in common."""

from __future__ import annotations

from rich.markup import escape

from forge.model.news import Retried
from forge.model.records import JobResult


def clock(seconds: float) -> str:
    """Return `seconds` as m:ss, or h:mm:ss."""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def speed(video_s: float, wall_s: float) -> str:
    """Return how fast `video_s` seconds of video came out: `3.1 × real time`."""
    return f"{video_s / wall_s:.1f} × real time" if wall_s > 0 else ""


def ended(result: JobResult) -> str:
    """Return one line of rich markup on how a job ended."""
    where = f" on {escape(result.lane)}" if result.lane else ""
    if result.error:
        return f"[red]✗ {escape(result.job)}[/red]{where} {escape(result.error.headline)}"
    video = ""
    if result.video_s:
        video = f", {result.video_s:.1f} s of video ({speed(result.video_s, result.wall_s)})"
    truth = f", {escape(result.truth_with_reasons)}" if result.truth else ""
    return f"[green]✓ {escape(result.job)}[/green] {result.wall_s:.1f} s{where}{video}{truth}"


def retried(news: Retried) -> str:
    """Return one line of rich markup on an attempt that failed and is not the last."""
    result = news.result
    why = escape(result.error.headline) if result.error else "?"
    where = f" on {escape(result.lane)}" if result.lane else ""
    return (
        f"[yellow]↻ {escape(result.job)}[/yellow] attempt {news.attempt} failed{where}: {why};"
        f" again in {news.delay_s:g} s"
    )
