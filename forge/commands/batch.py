"""One batch, from the request to its reports: plan, check, run, keep the ledger, report."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from forge.batch.interrupts import Interrupts, listen_for_signals
from forge.batch.lanes import OpenSeats, Seats, Work, started, takes_in
from forge.batch.listeners import Listeners
from forge.batch.loop import exit_code, run_batch
from forge.batch.schedule import Policy, Schedule
from forge.commands.consoles import QUIET, Consoles
from forge.commands.planning import Planned, plan_of_batch
from forge.commands.preflight import (
    check_adapter,
    check_file,
    check_first,
    check_project,
    check_while_starting,
    lanes_from,
)
from forge.commands.request import BatchOutcome, RenderRequest
from forge.commands.seats import MakeSeats, choose, seats_of
from forge.commands.verdicts import Judged, Task, judge
from forge.model.news import Finished, Listener, Notice
from forge.model.records import Job, JobResult
from forge.model.settings import Settings
from forge.project.shards import Shard, print_of, stamped
from forge.report.batch_log import BATCH_LOG, BatchLog, new_log_dir, open_log
from forge.report.dashboard import open_screen
from forge.report.html.gallery import EndedBatch, make_gallery
from forge.report.progress import Progress
from forge.report.summary import print_report
from forge.report.writer import Written, tell_page, write_reports
from forge.store.atomic import sweep_parts
from forge.store.fingerprint import forget_installed
from forge.store.freshness import forget, seen_again
from forge.store.history import History, expected_s, longest_first, read_history
from forge.store.ledger import End, Ledger, project_lock
from forge.store.paths import LOGS, part_folders
from forge.store.room import lack_of_room
from forge.workers import studio
from forge.workers.setup import STAGE


@dataclass(frozen=True)
class _Batch:
    """The jobs of a batch, the results of those that need not run, and the plan for the others.

    `expected_s` has the expected duration of each job that is to run, in seconds; `known` is True
    if it comes from earlier batches. `taken` are the jobs that have a take here. `began_s` is a
    time of `time.monotonic`. `opened` are the seats that the jobs run in.
    """

    task: Task
    jobs: Sequence[Job]
    carried: Sequence[JobResult]
    expected_s: Mapping[str, float]
    known: bool
    taken: Set[str]
    log_dir: Path
    began_s: float
    opened: OpenSeats = field(default_factory=OpenSeats)

    @property
    def settings(self) -> Settings:
        return self.task.settings

    @property
    def waiting(self) -> list[Job]:
        """The jobs that are to run."""
        return [job for job in self.jobs if job.name in self.expected_s]

    @property
    def lanes(self) -> int:
        return len(self.opened.seats)

    def work(self) -> Work:
        task = self.task
        return Work(
            settings=task.settings,
            machine=task.machine,
            jobs=self.waiting,
            phase=task.request.phase,
            stage=task.stage,
            log_dir=self.log_dir,
            force=task.request.force,
            bring_takes=task.request.bring_takes,
        )

    def progress(self) -> Progress:
        return Progress(
            len(self.expected_s),
            time.monotonic,
            dict.fromkeys(range(self.lanes)),
            self.expected_s,
            self.known,
            names={slot: seat.lane for slot, seat in enumerate(self.opened.seats)},
        )

    def schedule(self) -> Schedule:
        settings, serial = self.settings, self.lanes <= 1
        return Schedule(
            self.jobs,
            Policy(
                keep_going=settings.keep_going,
                retries=settings.attempts_more,
                backoff_s=settings.limits.backoff_s,
                in_order=serial,
                lanes=max(1, self.lanes),
            ),
            carried=self.carried,
            queue=self.waiting if serial else longest_first(self.waiting, self.expected_s),
            takes=takes_in(self.taken, self.opened.takes),
            expected_s=self.expected_s,
        )


@dataclass(frozen=True)
class _Ended:
    """A batch that is over. `error` is the exception that ended it early, if any."""

    results: Sequence[JobResult]
    wall_s: float
    code: int
    problems: Sequence[str]
    error: BaseException | None


def render(
    settings: Settings,
    request: RenderRequest,
    *,
    planned: Planned | None = None,
    make_seats: MakeSeats = seats_of,
    consoles: Consoles = QUIET,
    listener: Listener | None = None,
) -> BatchOutcome:
    """Run the batch that `request` asks for, and write its reports.

    `planned` is its plan, if it has been made. Progress, warnings and the summary are printed to
    `consoles`. `listener` gets all news of the batch, in this thread. `make_seats` makes its lanes:
    tests pass others.

    Raises:
        ForgeError: the request cannot be carried out. (A job that fails raises nothing: its error
            is in its result.)
    """
    forget_installed()  # a program may run several batches, and packages may change in between
    history = read_history(settings.work_root)
    lanes, notes = _local_lanes(request, settings, history)
    seats = make_seats(request, lanes)
    planned = planned or plan_of_batch(settings, request)
    adapter = planned.adapter
    machine = check_project(settings, planned.jobs, lanes, adapter)
    also = check_file("--json", request.json) if request.json else None
    with project_lock(settings.work_root):
        sweep_parts(part_folders(settings))
        task = Task(settings, machine, adapter, request, request.stage or STAGE)
        judged = judge(task, planned.jobs)
        warnings = [*notes, *planned.warnings]
        warnings += check_first(settings, machine, judged.waiting, request.phase)
        with listen_for_signals() as interrupts:
            batch = _make_batch(task, judged, history)
            listeners = [listener] if listener else []
            if request.access and batch.waiting:
                consoles.tell_reaching(request.access)
            with _seated(batch, seats, interrupts) as batch:
                with suppress(KeyboardInterrupt), interrupts.raised():
                    warnings += check_while_starting(settings, judged.waiting, request.phase)
                consoles.warn(warnings)
                ended = _run(batch, planned.shard, listeners, interrupts, consoles)
            written = _report(batch, planned, ended, also, consoles)
            if ended.code:
                consoles.tell_log(batch.log_dir / BATCH_LOG)
    consoles.warn(ended.problems)
    if ended.error:
        raise ended.error
    return BatchOutcome(
        results=tuple(ended.results),
        exit_code=ended.code or int(bool(written.errors)),
        warnings=(*warnings, *written.warnings, *written.errors, *ended.problems),
        reports=written.paths,
        log=batch.log_dir / BATCH_LOG,
        wall_s=ended.wall_s,
    )


def _local_lanes(
    request: RenderRequest, settings: Settings, history: History
) -> tuple[int, list[str]]:
    """Return the number of lanes on this machine, and warnings."""
    if request.access and request.lanes is None:
        return 0, []
    return lanes_from(request.lanes, settings, history.lane_mb)


def _make_batch(task: Task, judged: Judged, history: History) -> _Batch:
    settings, waiting = task.settings, judged.waiting
    if task.machine and task.request.force:
        forget(settings, judged.jobs)
    lived = settings.video.clock == "real"
    taken = {job.name for job in waiting if judged.verdicts[job.name].needs != "record"}
    return _Batch(
        task=task,
        jobs=judged.jobs,
        carried=judged.carried,
        expected_s=expected_s(waiting, history, taken=taken, lived=lived),
        known=not history.empty,
        taken=taken,
        log_dir=new_log_dir(settings.work_root / LOGS),
        began_s=time.monotonic(),
    )


@contextmanager
def _seated(batch: _Batch, seats: Seats, interrupts: Interrupts) -> Iterator[_Batch]:
    """Open the seats of `batch` if it has anything to run; it gets no more of them than jobs.

    The lanes of this machine start. An interrupt meanwhile leaves the batch without seats: its jobs
    never run.
    """
    remote = batch.task.request.access is not None
    opened = OpenSeats()
    with ExitStack() as stack:
        if batch.waiting:
            with suppress(KeyboardInterrupt), interrupts.raised() if remote else nullcontext():
                opened = stack.enter_context(seats.open(batch.work()))
        chosen = choose(opened.seats, len(batch.waiting))
        if batch.task.adapter:
            check_adapter(batch.settings, len(chosen), batch.task.adapter)
        begun = stack.enter_context(started(chosen))
        yield replace(batch, opened=replace(opened, seats=begun))


def _run(
    batch: _Batch,
    shard: Shard | None,
    listeners: Sequence[Listener],
    interrupts: Interrupts,
    consoles: Consoles,
) -> _Ended:
    """Run the jobs, and write ledger and log."""
    ledger = Ledger(batch.settings.work_root, batch.settings.project_dir)
    ledger.begin(batch.jobs, batch.task.request.phase, batch.carried)
    error: BaseException | None = None
    with open_log(batch.log_dir) as file:
        progress, schedule = batch.progress(), batch.schedule()
        log = BatchLog(file, progress)
        # The ledger first: news that a user has seen is then on the disk.
        news = Listeners(ledger, progress, log, *listeners)
        try:
            with open_screen(consoles.out, progress) as screen:
                news.add(screen)
                _run_jobs(batch, schedule, news, interrupts)
        except BaseException as problem:  # reports are written whatever ended the batch
            error = problem
        results = stamped(schedule.results(), shard)
        results = [_checked(result, ledger, log) for result in results]
        code = exit_code(results, interrupts)
        ledger.end(_how(code, interrupts))
        wall_s = time.monotonic() - batch.began_s
        log.total(results, wall_s, batch.lanes)
    problems = [*filter(None, (ledger.problem, *news.problems.values()))]
    return _Ended(results, wall_s, code, problems, error)


def _run_jobs(batch: _Batch, schedule: Schedule, news: Listeners, interrupts: Interrupts) -> None:
    settings = batch.settings
    for listener in batch.opened.listeners:
        news.add(listener)
    for note in batch.opened.notes:
        news.on(Notice(text=note))
    _tell_carried(news, batch.carried, len(batch.jobs))
    run_batch(
        schedule,
        batch.opened.seats,
        limits=settings.limits,
        listener=news,
        interrupts=interrupts,
        shortage=lambda: lack_of_room(settings),
    )


def _report(
    batch: _Batch, planned: Planned, ended: _Ended, also: Path | None, consoles: Consoles
) -> Written:
    """Write the reports and print the summary."""
    folder, results = batch.settings.output_dir, ended.results
    facts = EndedBatch(
        jobs=planned.whole,
        plan=print_of(planned.whole),
        shard=str(planned.shard) if planned.shard else None,
        results=results,
        carried={result.job for result in batch.carried},
        wall_s=ended.wall_s,
        lanes=batch.lanes,
    )
    written = write_reports(
        folder,
        results,
        lambda: make_gallery(batch.settings, facts, studio.thumbnail),
        project_dir=batch.settings.project_dir,
        also=also,
    )
    consoles.tell(written)
    print_report(consoles.out, results, ended.wall_s, batch.lanes)
    tell_page(folder, consoles.out)
    return written


def _how(code: int, interrupts: Interrupts) -> End:
    if interrupts.signal is not None:
        return "interrupted"
    return "failed" if code else "done"


def _checked(result: JobResult, *listeners: Listener) -> JobResult:
    """Return `result`, or a failure if its video was changed or removed since; report that too."""
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
