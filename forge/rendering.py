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
from forge.errors import UsageError
from forge.gallery import make_gallery
from forge.ledger import End, Ledger, project_lock, read_past, to_carry
from forge.outputs import write_reports
from forge.plan import make_plan, with_prints
from forge.preflight import check_writable, is_localized, lanes_from, preflight
from forge.records import Event, Job, JobResult, PhaseChoice
from forge.report import print_report
from forge.rundir import run_dir
from forge.schedule import Schedule
from forge.settings import LOGS, Settings
from forge.shards import of_shard, stamped
from forge.standing import forget, still_there, up_to_date
from forge.workers.lane import Lane, LaneSetup


def render(settings: Settings, args: argparse.Namespace) -> int:
    """Run the batch that `args` ask for; returns the exit code."""
    stderr = Console(stderr=True)
    lanes, warnings = lanes_from(args.jobs, settings)
    whole = make_plan(settings, args.paths, args.only)
    plan, shard = of_shard(settings, whole, args.shard)
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
        results = stamped(
            _run(settings, jobs, args.phase, lanes, carried, ledger, interrupts), shard
        )
        code = exit_code(results, interrupts)
        ledger.end(_how(code, interrupts))
        wall_s = time.monotonic() - began
        print_report(Console(), results, wall_s, lanes)
        stand = {result.job for result in carried}
        written = write_reports(
            settings.output_dir,
            results,
            lambda: make_gallery(
                settings, whole.jobs, shard, results, stand, lanes=lanes, wall_s=wall_s
            ),
            stderr,
            also=args.json,
        )
    if ledger.problem:
        _warn(stderr, ledger.problem)
    return code if written else code or 1


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
