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
from forge.fingerprint import TAKE_PRINT, VIDEO_PRINT, changed
from forge.layout import read_manifest
from forge.ledger import End, Ledger, project_lock, read_past, to_carry
from forge.plan import make_plan, with_prints
from forge.preflight import check_writable, is_localized, lanes_from, preflight
from forge.records import Event, Job, JobResult, PhaseChoice
from forge.report import batch_json, junit_xml, print_report, write_report
from forge.rundir import run_dir
from forge.schedule import Schedule
from forge.settings import LOGS, Settings
from forge.workers.lane import Lane, LaneSetup

SAME_LENGTH_S = 0.01


def render(settings: Settings, args: argparse.Namespace) -> int:
    """Run the batch that `args` ask for; returns the exit code."""
    console, stderr = Console(), Console(stderr=True)
    lanes, warnings = lanes_from(args.jobs, settings)
    plan = make_plan(settings, args.paths, args.only)
    settings, notes = preflight(settings, plan.jobs, lanes, args.phase)
    if args.json:
        check_writable(args.json.absolute().parent)
        if args.json.is_dir():
            raise UsageError(f"--json {args.json}: is a folder", hint="name a file")
    for note in (*warnings, *plan.warnings, *notes):
        _warn(stderr, note)
    began = time.monotonic()
    with project_lock(settings.work_root), listen_for_signals() as interrupts:
        carried: list[JobResult] = []
        if args.resume:
            past = read_past(settings.work_root, settings.project_dir)
            carried = to_carry(past, plan.jobs, args.phase, _still_there)
        jobs: Sequence[Job] = plan.jobs
        if args.phase == "all":
            jobs = with_prints(jobs, settings, localized=is_localized(settings))
            if args.force:
                _forget(settings, jobs)
            known = {result.job for result in carried}
            carried += [
                result
                for job in jobs
                if job.name not in known and (result := _up_to_date(settings, job))
            ]
        lanes = min(lanes, len(jobs) - len(carried))
        ledger = Ledger(settings.work_root, settings.project_dir)
        ledger.begin(jobs, args.phase, carried)
        results = _run(settings, jobs, args.phase, lanes, carried, ledger, interrupts)
        code = exit_code(results, interrupts)
        ledger.end(_how(code, interrupts))
        print_report(console, results, time.monotonic() - began, lanes)
        reports = {
            settings.output_dir / "batch.json": batch_json(results),
            settings.output_dir / "junit.xml": junit_xml(results),
        }
        if args.json:
            reports[args.json.absolute()] = batch_json(results)
        for path, text in reports.items():
            try:
                write_report(path, text)
            except MachineError as problem:  # the disk filled up: the results were told above
                stderr.print(f"[red]error:[/red] {escape(problem.message)}", soft_wrap=True)
                code = code or 1
    if ledger.problem:
        _warn(stderr, ledger.problem)
    return code


def _warn(stderr: Console, text: str) -> None:
    stderr.print(f"[yellow]warning:[/yellow] {escape(text)}", highlight=False, soft_wrap=True)


def _how(code: int, interrupts: Interrupts) -> End:
    if interrupts.signal is not None:
        return "interrupted"
    return "failed" if code else "done"


def _still_there(result: JobResult) -> bool:
    """Whether the video of a done job is still as it was."""
    if result.output is None or result.video_s is None:
        return True  # of a phase that makes none
    length_s = _length_s(Path(result.output))
    return length_s is not None and abs(length_s - result.video_s) < SAME_LENGTH_S


def _length_s(video: Path) -> float | None:
    """How long a finished video is, by its own index; None when there is none that is whole."""
    from forge.errors import ComposeError
    from forge.workers.composing.probe import probe

    sides = (video.with_suffix(suffix) for suffix in (".srt", ".vtt"))
    try:
        return probe(video).duration_s if all(side.is_file() for side in sides) else None
    except ComposeError:
        return None


def why_stale(settings: Settings, job: Job) -> str | None:
    """Why a render would run `job` (with its prints), in a few words; None when it would not."""
    work_dir = settings.work_root / job.name
    if reason := changed(job, work_dir):
        return reason
    length_s = _length_s(settings.output_dir / f"{job.name}.mp4")
    try:
        total_s = read_manifest(work_dir).total_ms / 1000
    except (OSError, ValueError):
        return "its manifest is gone"
    if length_s is None or abs(length_s - total_s) > 1 / settings.video.fps + SAME_LENGTH_S:
        return "its video or captions are gone or damaged"
    return None


def _up_to_date(settings: Settings, job: Job) -> JobResult | None:
    if why_stale(settings, job):
        return None
    output = settings.output_dir / f"{job.name}.mp4"
    length_s = round(read_manifest(settings.work_root / job.name).total_ms / 1000, 3)
    return JobResult(job=job.name, status="up-to-date", output=str(output), video_s=length_s)


def _forget(settings: Settings, jobs: Sequence[Job]) -> None:
    """Let nothing that was made before count as made."""
    for job in jobs:
        for name in (TAKE_PRINT, VIDEO_PRINT):
            (settings.work_root / job.name / name).unlink(missing_ok=True)


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
