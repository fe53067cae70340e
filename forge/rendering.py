"""`forge render`: plan, check, run the batch, keep its ledger, report."""

from __future__ import annotations

import argparse
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from forge.batch import Interrupts, Listener, exit_code, listen_for_signals, run_batch
from forge.dashboard import make_screen
from forge.errors import MachineError, UsageError
from forge.ledger import End, Ledger, project_lock, read_past, to_carry
from forge.plan import make_plan, with_prints
from forge.preflight import check_writable, is_localized, lanes_from, preflight
from forge.records import Event, Job, JobResult, PhaseChoice
from forge.report import batch_json, junit_xml, print_report, write_report
from forge.rundir import run_dir
from forge.schedule import Schedule
from forge.settings import LOGS, Settings
from forge.standing import forget, still_there, up_to_date
from forge.workers.lane import Lane, LaneSetup


def render(settings: Settings, args: argparse.Namespace) -> int:
    """Run the batch that `args` ask for; returns the exit code."""
    stderr = Console(stderr=True)
    lanes, warnings = lanes_from(args.jobs, settings)
    plan = make_plan(settings, args.paths, args.only)
    settings, notes = preflight(settings, plan.jobs, lanes, args.phase)
    _check_json(args.json)
    for note in (*warnings, *plan.warnings, *notes):
        _warn(stderr, note)
    began = time.monotonic()
    with project_lock(settings.work_root), listen_for_signals() as interrupts:
        jobs, carried = _standing(settings, plan.jobs, args)
        lanes = min(lanes, len(jobs) - len(carried))
        ledger = Ledger(settings.work_root, settings.project_dir)
        ledger.begin(jobs, args.phase, carried)
        results = _run(settings, jobs, args.phase, lanes, carried, ledger, interrupts)
        code = exit_code(results, interrupts)
        ledger.end(_how(code, interrupts))
        print_report(Console(), results, time.monotonic() - began, lanes)
        whole = _write_reports(settings, results, args.json, stderr)
    if ledger.problem:
        _warn(stderr, ledger.problem)
    return code if whole else code or 1


def _check_json(path: Path | None) -> None:
    if path is None:
        return
    check_writable(path.absolute().parent)
    if path.is_dir():
        raise UsageError(f"--json {path}: is a folder", hint="name a file")


def _standing(
    settings: Settings, jobs: Sequence[Job], args: argparse.Namespace
) -> tuple[Sequence[Job], list[JobResult]]:
    """The jobs with their prints, and the results of those that need not run."""
    carried: list[JobResult] = []
    if args.resume:
        past = read_past(settings.work_root, settings.project_dir)
        carried = to_carry(past, jobs, args.phase, still_there)
    if args.phase != "all":
        return jobs, carried
    jobs = with_prints(jobs, settings, localized=is_localized(settings))
    if args.force:
        forget(settings, jobs)
    known = {result.job for result in carried}
    rest = (up_to_date(settings, job) for job in jobs if job.name not in known)
    return jobs, [*carried, *(result for result in rest if result)]


def _write_reports(
    settings: Settings, results: Sequence[JobResult], json_file: Path | None, stderr: Console
) -> bool:
    """Whether all could be written: a disk may have filled up since they were checked."""
    reports = {
        settings.output_dir / "batch.json": batch_json(results),
        settings.output_dir / "junit.xml": junit_xml(results),
    }
    if json_file:
        reports[json_file.absolute()] = batch_json(results)
    whole = True
    for path, text in reports.items():
        try:
            write_report(path, text)
        except MachineError as problem:
            stderr.print(f"[red]error:[/red] {escape(problem.message)}", soft_wrap=True)
            whole = False
    return whole


def _warn(stderr: Console, text: str) -> None:
    stderr.print(f"[yellow]warning:[/yellow] {escape(text)}", highlight=False, soft_wrap=True)


def _how(code: int, interrupts: Interrupts) -> End:
    if interrupts.signal is not None:
        return "interrupted"
    return "failed" if code else "done"


class _Both:
    """Tells the ledger, then the screen: what the user has seen is on the disk."""

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = listeners

    def on_start(self, job: Job, slot: int) -> None:
        for listener in self._listeners:
            listener.on_start(job, slot)

    def on_event(self, event: Event) -> None:
        for listener in self._listeners:
            listener.on_event(event)

    def on_retry(self, result: JobResult, attempt: int, delay_s: float) -> None:
        for listener in self._listeners:
            listener.on_retry(result, attempt, delay_s)

    def on_result(self, result: JobResult) -> None:
        for listener in self._listeners:
            listener.on_result(result)

    def on_notice(self, text: str) -> None:
        for listener in self._listeners:
            listener.on_notice(text)


def _tell_carried(listener: Listener, carried: Sequence[JobResult], total: int) -> None:
    fresh = sum(result.status == "up-to-date" for result in carried)
    if resumed := len(carried) - fresh:
        listener.on_notice(f"resumed: {resumed} of {total} jobs are done since an earlier run")
    if fresh:
        listener.on_notice(f"{fresh} of {total} jobs are up to date (--force renders them again)")


def _run(
    settings: Settings,
    jobs: Sequence[Job],
    phase: PhaseChoice,
    lanes: int,
    carried: Sequence[JobResult],
    ledger: Ledger,
    interrupts: Interrupts,
) -> list[JobResult]:
    log_dir = settings.work_root / LOGS
    shutil.rmtree(log_dir, ignore_errors=True)
    schedule = Schedule(
        jobs,
        carried=carried,
        keep_going=settings.keep_going,
        retries=settings.attempts_more,
        backoff_s=settings.limits.backoff_s,
        strict=lanes == 1,
    )
    with run_dir() as folder:
        setup = LaneSetup(run_dir=str(folder), log_dir=str(log_dir), settings=settings, phase=phase)
        with make_screen(Console(), len(jobs) - len(carried), lanes) as screen:
            _tell_carried(screen, carried, len(jobs))
            return run_batch(
                schedule,
                lambda slot: Lane(slot, setup),
                lanes=lanes,
                limits=settings.limits,
                listener=_Both(ledger, screen),
                interrupts=interrupts,
            )
