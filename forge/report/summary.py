"""The end of a batch on the screen: a table, what failed and why, and totals."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from forge.model.records import PHASES, JobResult
from forge.report.progress import gain
from forge.report.wording import clock, speed

STYLES = {"done": "green", "failed": "red", "not-run": "yellow"}
NAMED = 5  # jobs that are named with one reason; others are counted
LISTED = 50  # more jobs than these that did not run are counted, not listed


def print_report(console: Console, results: Sequence[JobResult], wall_s: float, lanes: int) -> None:
    """Print the final table, failures, jobs that never ran, and the gain of running in parallel.

    Of thousands of jobs, only those that ran are in the table.
    """
    idle = {"up-to-date", "not-run"}
    few = sum(result.status in idle for result in results) <= LISTED
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("job", no_wrap=True)
    table.add_column("status", no_wrap=True)
    table.add_column("video", justify="right", no_wrap=True)
    table.add_column("time", no_wrap=True)
    for name in ("wall", *PHASES):
        table.add_column(name, justify="right", no_wrap=True)
    with_lanes = any(result.lane for result in results)
    if with_lanes:
        table.add_column("lane", no_wrap=True)
    for result in results:
        if few or result.status not in idle:
            table.add_row(*_cells(result), *([escape(result.lane)] if with_lanes else []))
    if table.row_count:
        console.print(table)
    print_outsides(console, results)
    for result in results:
        print_failure(console, result)
    print_totals(console, results, wall_s, lanes)


def print_outsides(console: Console, results: Sequence[JobResult]) -> None:
    """Print why jobs are true and not exact, in one line for all jobs with the same reasons."""
    alike: dict[str, list[str]] = {}
    for result in results:
        if result.outside:
            alike.setdefault(result.truth_with_reasons, []).append(result.job)
    for truth_with_reasons, jobs in alike.items():
        names = ", ".join(jobs[:NAMED])
        more = f" and {len(jobs) - NAMED} more" if len(jobs) > NAMED else ""
        truth, _, reasons = truth_with_reasons.partition(": ")
        console.print(
            f"[cyan]{truth}:[/cyan] {escape(f'{names}{more}: {reasons}')}",
            highlight=False,
            soft_wrap=True,
        )


def print_totals(console: Console, results: Sequence[JobResult], wall_s: float, lanes: int) -> None:
    """Print the jobs that never ran, and the batch in one line."""
    missed = [result.job for result in results if result.status == "not-run"]
    if missed:
        names = ", ".join(missed[:LISTED])
        more = f" and {len(missed) - LISTED} more" if len(missed) > LISTED else ""
        console.print(f"[yellow]never ran:[/yellow] {escape(names)}{more}", soft_wrap=True)
    console.print(_totals(results, wall_s, lanes), highlight=False, soft_wrap=True)


def _cells(result: JobResult) -> list[str]:
    style = STYLES.get(result.status, "cyan")
    video = f"{result.video_s:.1f} s" if result.video_s is not None else ""
    wall = f"{result.wall_s:.1f} s" if result.attempts else ""
    times = [f"{result.phases[p]:.1f} s" if p in result.phases else "" for p in PHASES]
    status = f"[{style}]{result.status}[/{style}]"
    return [f"[bold]{escape(result.job)}[/bold]", status, video, result.truth, wall, *times]


def print_failure(console: Console, result: JobResult) -> None:
    """Print the failure of a job, its place, and where to read more; nothing without a failure."""
    if result.error is None:
        return
    error = result.error
    step = f" step {error.step!r}" if error.step else ""
    where = f" on {result.lane}" if result.lane else ""
    console.print(f"[red]failed:[/red] {escape(f'{result.job}{step}{where}')}", soft_wrap=True)
    if error.file and error.line:
        console.print(f"  at {escape(error.file)}:{error.line}", highlight=False, soft_wrap=True)
    for line in error.message.splitlines():
        console.print(f"  {escape(line)}", highlight=False, soft_wrap=True)
    if error.hint:
        console.print(f"  hint: {escape(error.hint)}", highlight=False, soft_wrap=True)
    for path in error.artifacts:
        console.print(f"  kept: {escape(path)}", highlight=False, soft_wrap=True)
    if result.log:
        console.print(f"  log: {escape(result.log)}", highlight=False, soft_wrap=True)


def _totals(results: Sequence[JobResult], wall_s: float, lanes: int) -> str:
    done = [result for result in results if result.status == "done"]
    failed = sum(result.status == "failed" for result in results)
    text = f"{len(done)} done, {failed} failed in {clock(wall_s)}"
    if fresh := sum(result.status == "up-to-date" for result in results):
        text = f"{fresh} up to date, {text}"
    if video_s := sum(result.video_s or 0 for result in done):
        text += f" · {clock(video_s)} of video, {speed(video_s, wall_s)}"
    if clocks := sorted({result.clock for result in done if result.clock}):
        text += f" · {' and '.join(clocks)} clock"
    gained = gain(results, wall_s)
    if lanes > 1 and gained:
        busy_s = sum(result.wall_s for result in results)
        text += f" · gain {gained:.2f}× ({clock(busy_s)} of jobs in {clock(wall_s)})"
    return text
