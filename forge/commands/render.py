"""`forge render`: plan, check, run the batch, keep its ledger, report."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from forge.batch.interrupts import Interrupts, listen_for_signals
from forge.batch.listeners import Listeners
from forge.batch.loop import exit_code, run_batch
from forge.batch.schedule import Policy, Schedule
from forge.commands.preflight import check_file, is_localized, lack_of_room, lanes_from, preflight
from forge.model.machine import Machine
from forge.model.news import Finished, Listener, Notice
from forge.model.records import Job, JobResult, PhaseChoice
from forge.model.settings import LOGS, Settings
from forge.project.plan import make_plan, with_prints
from forge.project.shards import of_shard, stamped
from forge.report.batch_log import BatchLog, new_log_dir, open_log
from forge.report.console import batch_console
from forge.report.dashboard import open_screen
from forge.report.html.gallery import make_gallery
from forge.report.progress import Progress
from forge.report.summary import print_report
from forge.report.writer import tell_page, write_reports
from forge.store.atomic import sweep_parts
from forge.store.freshness import Verdict, assess, forget, seen_again, still_there, up_to_date
from forge.store.history import History, expected_s, longest_first, read_history
from forge.store.ledger import End, Ledger, project_lock, read_past, to_carry
from forge.text.redact import without_passwords
from forge.workers.lane import Lane
from forge.workers.run_dir import run_dir
from forge.workers.setup import LaneSetup
from forge.workers.slots import slots_dir


@dataclass(frozen=True)
class _Batch:
    """What is to be done: the jobs, those that stand already, and how the others are run."""

    settings: Settings
    machine: Machine | None  # None where nothing is recorded
    phase: PhaseChoice
    jobs: Sequence[Job]
    carried: Sequence[JobResult]
    lanes: int
    expected_s: Mapping[str, float]  # of the jobs that are to run
    known: bool  # whether earlier batches tell that
    log_dir: Path

    def progress(self) -> Progress:
        lanes = dict.fromkeys(range(self.lanes))
        return Progress(len(self.expected_s), time.monotonic, lanes, self.expected_s, self.known)

    def schedule(self) -> Schedule:
        settings, serial = self.settings, self.lanes <= 1
        waiting = [job for job in self.jobs if job.name in self.expected_s]
        return Schedule(
            self.jobs,
            Policy(
                keep_going=settings.keep_going,
                retries=settings.attempts_more,
                backoff_s=settings.limits.backoff_s,
                strict=serial,
            ),
            carried=self.carried,
            queue=waiting if serial else longest_first(waiting, self.expected_s),
        )


def render(settings: Settings, args: argparse.Namespace) -> int:
    """Run the batch that `args` ask for; returns the exit code."""
    stderr = batch_console(stderr=True)
    history = read_history(settings.work_root)
    lanes, warnings = lanes_from(args.jobs, settings, history.lane_mb)
    whole = make_plan(settings, args.paths, args.only)
    plan, shard = of_shard(settings, whole, args.shard)
    machine, notes = preflight(settings, plan.jobs, lanes, args.phase)
    also = check_file("--json", args.json) if args.json else None
    for note in (*warnings, *plan.warnings, *notes):
        _warn(stderr, note)
    began = time.monotonic()
    with project_lock(settings.work_root), listen_for_signals() as interrupts:
        sweep_parts(settings.part_folders())
        batch = _make_batch(settings, machine, plan.jobs, lanes, history, args)
        ledger = Ledger(settings.work_root, settings.project_dir)
        ledger.begin(batch.jobs, args.phase, batch.carried)
        ended_by: BaseException | None = None
        with open_log(batch.log_dir) as file:
            schedule, progress = batch.schedule(), batch.progress()
            log = BatchLog(file, progress)
            # The ledger first: what the user has seen is on the disk.
            news = Listeners(ledger, progress, log)
            try:
                _run(batch, schedule, progress, news, interrupts)
            except BaseException as problem:  # there are reports of every ending
                ended_by = problem
            results = stamped(schedule.results(), shard)
            results = [_looked_at(result, ledger, log) for result in results]
            code = exit_code(results, interrupts)
            ledger.end(_how(code, interrupts))
            report = (results, time.monotonic() - began, batch.lanes)
            log.total(*report)
        written = write_reports(
            settings.output_dir,
            results,
            lambda: make_gallery(settings, whole.jobs, shard, *report, carried=batch.carried),
            stderr,
            also=also,
        )
        print_report(batch_console(), *report)
        tell_page(settings.output_dir, batch_console())
        if code:
            stderr.print(f"log: {escape(file.name)}", highlight=False, soft_wrap=True)
    for missed in filter(None, (ledger.problem, *news.problems.values())):
        _warn(stderr, missed)
    if ended_by:
        raise ended_by
    return code if written else code or 1


def _make_batch(
    settings: Settings,
    machine: Machine | None,
    jobs: Sequence[Job],
    lanes: int,
    history: History,
    args: argparse.Namespace,
) -> _Batch:
    jobs, carried, verdicts = _standing(settings, machine, jobs, args)
    stand = {result.job for result in carried}
    waiting = [job for job in jobs if job.name not in stand]
    lived = settings.video.clock == "real"
    taken = {job.name for job in waiting if verdicts[job.name].needs != "record"}
    return _Batch(
        settings=settings,
        machine=machine,
        phase=args.phase,
        jobs=jobs,
        carried=carried,
        lanes=min(lanes, len(waiting)),
        expected_s=expected_s(waiting, history, taken=taken, lived=lived),
        known=not history.empty,
        log_dir=new_log_dir(settings.work_root / LOGS),
    )


def _standing(
    settings: Settings, machine: Machine | None, jobs: Sequence[Job], args: argparse.Namespace
) -> tuple[Sequence[Job], list[JobResult], dict[str, Verdict]]:
    """The jobs with their prints, the results of those that need not run, and what all need."""
    carried: list[JobResult] = []
    if args.resume:
        past = read_past(settings.work_root, settings.project_dir)
        carried = to_carry(past, jobs, args.phase, still_there)
    if machine:
        localized, share = is_localized(settings), args.phase == "all"
        jobs = with_prints(jobs, settings, machine, localized=localized, share=share)
        if args.force:
            forget(settings, jobs)
    verdicts = {job.name: assess(settings, machine, job) for job in jobs}
    if args.phase == "all":
        known = {result.job for result in carried}
        carried += [
            up_to_date(settings, job, verdicts[job.name])
            for job in jobs
            if job.name not in known and verdicts[job.name].needs == "fresh"
        ]
    return jobs, carried, verdicts


def _warn(stderr: Console, text: str) -> None:
    stderr.print(
        f"[yellow]warning:[/yellow] {escape(without_passwords(text))}",
        highlight=False,
        soft_wrap=True,
    )


def _how(code: int, interrupts: Interrupts) -> End:
    if interrupts.signal is not None:
        return "interrupted"
    return "failed" if code else "done"


def _looked_at(result: JobResult, *listeners: Listener) -> JobResult:
    """`result` as it is at the end: what became of the file after it was told is told too."""
    seen = seen_again(result)
    if seen is not result:
        for listener in listeners:
            listener.on(Finished(result=seen))
    return seen


def _tell_carried(listener: Listener, carried: Sequence[JobResult], total: int) -> None:
    fresh = sum(result.status == "up-to-date" for result in carried)
    if resumed := len(carried) - fresh:
        text = f"resumed: {resumed} of {total} jobs are done since an earlier run"
        listener.on(Notice(text=text))
    if fresh:
        text = f"{fresh} of {total} jobs are up to date (--force renders them again)"
        listener.on(Notice(text=text))


def _run(
    batch: _Batch,
    schedule: Schedule,
    progress: Progress,
    news: Listeners,
    interrupts: Interrupts,
) -> None:
    settings = batch.settings
    with (
        run_dir() as folder,
        slots_dir(settings.project_dir) as slots,
        open_screen(batch_console(), progress) as screen,
    ):
        setup = LaneSetup(
            run_dir=str(folder),
            slots_dir=str(slots.path),
            log_dir=str(batch.log_dir),
            settings=settings,
            machine=batch.machine,
            phase=batch.phase,
        )
        news.add(screen)
        if slots.taken:
            news.on(Notice(text=f"{slots.taken[0]} is taken: slot.dir is in {slots.path}"))
        _tell_carried(news, batch.carried, len(batch.jobs))
        run_batch(
            schedule,
            [partial(Lane, slot, setup) for slot in range(batch.lanes)],
            limits=settings.limits,
            listener=news,
            interrupts=interrupts,
            lacks=lambda: lack_of_room(settings),
        )
