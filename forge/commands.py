"""What each command does, once its words are parsed."""

from __future__ import annotations

import argparse
import shutil
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from forge.errors import MachineError, UsageError
from forge.settings import CACHE, LOGS, Settings, load_settings


def render(args: argparse.Namespace) -> int:
    """`forge render`: plan, check, run the batch, report. Returns the exit code."""
    from forge.batch import exit_code, listen_for_signals, run_batch
    from forge.dashboard import make_screen
    from forge.plan import make_plan
    from forge.preflight import check_writable, lanes_from, preflight
    from forge.report import print_report, write_batch_json
    from forge.rundir import run_dir
    from forge.schedule import Schedule
    from forge.workers.lane import Lane, LaneSetup

    console, stderr = Console(), Console(stderr=True)
    settings = load_settings(args.project, _flags(args))
    lanes, warnings = lanes_from(args.jobs, settings)
    plan = make_plan(settings, args.paths, args.only)
    settings, notes = preflight(settings, plan.jobs, lanes, args.phase)
    if args.json:
        check_writable(args.json.absolute().parent)
        if args.json.is_dir():
            raise UsageError(f"--json {args.json}: is a folder", hint="name a file")
    for note in (*warnings, *plan.warnings, *notes):
        stderr.print(f"[yellow]warning:[/yellow] {escape(note)}", highlight=False, soft_wrap=True)

    began = time.monotonic()
    lanes = min(lanes, len(plan.jobs))
    log_dir = settings.work_root / LOGS
    shutil.rmtree(log_dir, ignore_errors=True)
    with listen_for_signals() as interrupts, run_dir() as folder:
        setup = LaneSetup(
            run_dir=str(folder), log_dir=str(log_dir), settings=settings, phase=args.phase
        )
        schedule = Schedule(
            plan.jobs,
            keep_going=settings.keep_going,
            retries=settings.attempts_more,
            backoff_s=settings.limits.backoff_s,
            strict=lanes == 1,
        )
        with make_screen(console, len(plan.jobs), lanes) as screen:
            results = run_batch(
                schedule,
                lambda slot: Lane(slot, setup),
                lanes=lanes,
                limits=settings.limits,
                listener=screen,
                interrupts=interrupts,
            )
    print_report(console, results, time.monotonic() - began, lanes)
    code = exit_code(results, interrupts)
    for path in (settings.output_dir / "batch.json", args.json):
        try:
            write_batch_json(path.absolute(), results) if path else None
        except MachineError as problem:  # the disk filled up: the results were told above
            stderr.print(f"[red]error:[/red] {escape(problem.message)}", soft_wrap=True)
            code = code or 1
    return code


def _flags(args: argparse.Namespace) -> dict[str, Any]:
    """The command line's values, nested as settings are; what was not given is left out."""
    flags: dict[str, Any] = {}
    plain = {
        "out_dir": getattr(args, "out_dir", None) and args.out_dir.absolute(),
        "languages": getattr(args, "lang", None),
        "keep_going": getattr(args, "keep_going", None),
        "keep_work": getattr(args, "keep_work", None),
        "retries": getattr(args, "retries", None),
    }
    nested = {
        ("video", "clock"): getattr(args, "clock", None),
        ("voice", "engine"): getattr(args, "voice", None),
    }
    flags.update({key: value for key, value in plain.items() if value is not None})
    for (section, key), value in nested.items():
        if value is not None:
            flags.setdefault(section, {})[key] = value
    return flags


def list_jobs(args: argparse.Namespace) -> int:
    """`forge list`: the jobs a render would run, in order."""
    from forge.plan import make_plan

    settings = load_settings(args.project, _flags(args))
    plan = make_plan(settings, args.paths, args.only)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("job", "title", "steps", "file"):
        table.add_column(name, no_wrap=name != "title")
    for job in plan.jobs:
        file = Path(job.tutorial_file)
        shown = file.relative_to(settings.project_dir) if _inside(file, settings) else file
        table.add_row(job.name, escape(job.title), str(len(job.lines)), escape(str(shown)))
    console = Console()
    console.print(table)
    for note in plan.warnings:
        console.print(f"[yellow]warning:[/yellow] {escape(note)}", highlight=False, soft_wrap=True)
    return 0


def _inside(file: Path, settings: Settings) -> bool:
    return file.is_relative_to(settings.project_dir)


def doctor(args: argparse.Namespace) -> int:
    """`forge doctor`: check this machine and this project; 2 when something is missing."""
    from forge.doctor import examine

    console = Console()
    healthy = True
    for finding in examine(args.project, setup=args.setup):
        mark = "[green]ok[/green]  " if finding.ok else "[red]no[/red]  "
        console.print(
            f"{mark} {finding.what}: {escape(finding.found)}", highlight=False, soft_wrap=True
        )
        if finding.hint and not finding.ok:
            console.print(f"     hint: {escape(finding.hint)}", highlight=False, soft_wrap=True)
        healthy = healthy and finding.ok
    return 0 if healthy else MachineError.exit_code


def clean(args: argparse.Namespace) -> int:
    """`forge clean`: remove work dirs and logs, and what dead runs left on this machine."""
    from forge.rundir import sweep

    console = Console()
    settings = load_settings(args.project)
    for path in sweep():
        console.print(f"removed {path} (a run that died)", highlight=False, soft_wrap=True)
    if settings.work_root.is_dir():
        for path in sorted(settings.work_root.iterdir()):
            if path.name == CACHE and not args.cache:
                continue
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
            console.print(f"removed {path}", highlight=False, soft_wrap=True)
    return 0


def init(args: argparse.Namespace) -> int:
    """`forge init DIR`: write a small project that renders at once."""
    folder: Path = args.dir.absolute()
    if (folder / "forge.toml").exists():
        raise UsageError(f"{folder} has a forge.toml already", hint="name another folder")
    try:
        (folder / "tutorials").mkdir(parents=True, exist_ok=True)
        for name, text in FILES.items():
            if not (folder / name).exists():  # what the user has is the user's
                (folder / name).write_text(text, encoding="utf-8")
    except OSError as problem:
        raise MachineError(f"{folder} cannot be written: {problem}") from problem
    console = Console()
    console.print(
        f"made {folder}; now: forge render --project {folder}", highlight=False, soft_wrap=True
    )
    return 0


PROJECT = """\
tutorials = ["tutorials/*.py"]
adapter = "forge.adapters.demo:DemoApp"   # replace it by your own: see docs/adapters.md
out_dir = "dist"

[voice]
engine = "pyttsx3"
rate = 175
"""

FIRST_TOUR = '''\
from forge import Tutorial

tour = Tutorial(
    "My first tour",
    objectives=["See what a tutorial is made of"],
    summary="You have seen a first tutorial.",
)


@tour.step
def welcome(browser):
    """Welcome. What the voice says is the text of a step; what the hand does is its body."""


@tour.step
def reload(browser):
    """This step loads the page again, and the video waits for as long as I speak."""
    browser.refresh()
'''

FILES = {
    "forge.toml": PROJECT,
    "tutorials/first_tour.py": FIRST_TOUR,
    ".gitignore": "dist/\n.forge/\n",
}
