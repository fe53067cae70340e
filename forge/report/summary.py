"""What is left to read when a batch is over: the table on the screen, `batch.json`, JUnit XML."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from forge.errors import MachineError
from forge.model.records import PHASES, JobResult
from forge.report.progress import gain
from forge.report.wording import clock, speed
from forge.store.atomic import whole

STYLES = {"done": "green", "failed": "red", "not-run": "yellow"}
NAMED = 5  # jobs of which one reason is told


def print_report(console: Console, results: Sequence[JobResult], wall_s: float, lanes: int) -> None:
    """The final table, what failed and why, what never ran, and what running in parallel gained."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("job", no_wrap=True)
    table.add_column("status", no_wrap=True)
    table.add_column("video", justify="right", no_wrap=True)
    table.add_column("time", no_wrap=True)
    for name in ("wall", *PHASES):
        table.add_column(name, justify="right", no_wrap=True)
    for result in results:
        table.add_row(*_cells(result))
    console.print(table)
    print_outsides(console, results)
    for result in results:
        print_failure(console, result)
    print_totals(console, results, wall_s, lanes)


def print_outsides(console: Console, results: Sequence[JobResult]) -> None:
    """Why jobs are true and not exact: a line for all those of the same reasons."""
    alike: dict[str, list[str]] = {}
    for result in results:
        if result.outside:
            alike.setdefault(result.told, []).append(result.job)
    for told, jobs in alike.items():
        names = ", ".join(jobs[:NAMED])
        more = f" and {len(jobs) - NAMED} more" if len(jobs) > NAMED else ""
        truth, _, reasons = told.partition(": ")
        console.print(
            f"[cyan]{truth}:[/cyan] {escape(f'{names}{more}: {reasons}')}",
            highlight=False,
            soft_wrap=True,
        )


def print_totals(console: Console, results: Sequence[JobResult], wall_s: float, lanes: int) -> None:
    """What never ran, and the batch in one line."""
    missed = [result.job for result in results if result.status == "not-run"]
    if missed:
        console.print(f"[yellow]never ran:[/yellow] {escape(', '.join(missed))}", soft_wrap=True)
    console.print(_totals(results, wall_s, lanes), highlight=False, soft_wrap=True)


def _cells(result: JobResult) -> list[str]:
    style = STYLES.get(result.status, "cyan")
    video = f"{result.video_s:.1f} s" if result.video_s is not None else ""
    wall = f"{result.wall_s:.1f} s" if result.attempts else ""
    times = [f"{result.phases[p]:.1f} s" if p in result.phases else "" for p in PHASES]
    status = f"[{style}]{result.status}[/{style}]"
    return [f"[bold]{escape(result.job)}[/bold]", status, video, result.truth, wall, *times]


def print_failure(console: Console, result: JobResult) -> None:
    """What went wrong, where, and where to read more; nothing when nothing did."""
    if result.error is None:
        return
    error = result.error
    step = f" step {error.step!r}" if error.step else ""
    console.print(f"[red]failed:[/red] {escape(result.job)}{escape(step)}", soft_wrap=True)
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


def batch_json(results: Sequence[JobResult]) -> str:
    """One entry a job, in job order (fields as in `JobResult`)."""
    return json.dumps([result.model_dump(mode="json") for result in results], indent=2) + "\n"


def junit_xml(results: Sequence[JobResult]) -> str:
    """The batch as JUnit XML, which CI servers show: one test case a job.

    No more than Jenkins' own schema knows. A job that is up to date has passed.
    """
    suite = Element(
        "testsuite",
        name="forge",
        tests=str(len(results)),
        failures=str(sum(result.status == "failed" for result in results)),
        errors="0",
        skipped=str(sum(result.status == "not-run" for result in results)),
        time=f"{sum(result.wall_s for result in results):.3f}",
    )
    for result in results:
        tutorial, _, _ = result.job.partition(".")
        case = SubElement(suite, "testcase", classname=tutorial, name=result.job)
        case.set("time", f"{result.wall_s:.3f}")
        if result.error:
            failure = SubElement(case, "failure", type=result.error.kind)
            failure.set("message", result.error.headline)
            lines = (result.error.message, result.error.hint, *result.error.artifacts)
            failure.text = "\n".join(filter(None, lines))
        elif result.status == "not-run":
            SubElement(case, "skipped", message="it never ran")
        told = (*([result.told] if result.outside else []), *result.warnings)
        if told:
            SubElement(case, "system-out").text = "\n".join(told)
    indent(suite)
    return tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def write_report(path: Path, text: str) -> None:
    """Write `text` to `path`, whole or not at all.

    Raises:
        MachineError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as part:
            part.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise MachineError(f"{path} cannot be written: {problem}") from problem
