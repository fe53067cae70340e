"""What each command does, once its words are parsed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from forge.errors import MachineError, UsageError
from forge.model.settings import CACHE, Settings
from forge.project.settings_sources import load_settings

if TYPE_CHECKING:
    from forge.project.plan import Plan


def _settings(args: argparse.Namespace) -> Settings:
    """The project's settings; what is odd about them is told on stderr."""

    def warn(text: str) -> None:
        text = f"[yellow]warning:[/yellow] {escape(text)}"
        Console(stderr=True).print(text, highlight=False, soft_wrap=True)

    return load_settings(args.project, _flags(args), warn)


def render(args: argparse.Namespace) -> int:
    """`forge render`; returns the exit code."""
    from forge.commands.render import render as render_batch

    return render_batch(_settings(args), args)


def verify(args: argparse.Namespace) -> int:
    """`forge verify`: render twice; 0 when both are the same, 1 when not."""
    from forge.commands.verify import verify as verify_jobs

    return verify_jobs(_settings(args), args)


def _flags(args: argparse.Namespace) -> dict[str, Any]:
    """The command line's values, nested as settings are; what was not given is left out."""
    flags: dict[str, Any] = {}
    plain = {
        "out_dir": getattr(args, "out_dir", None) and args.out_dir.absolute(),
        "languages": getattr(args, "lang", None),
        "keep_going": getattr(args, "keep_going", None),
        "keep_work": getattr(args, "keep_work", None),
        "contact_sheet": getattr(args, "contact_sheet", None),
        "retries": getattr(args, "retries", None),
    }
    nested = {
        ("video", "clock"): getattr(args, "clock", None),
        ("voice", "engine"): getattr(args, "voice", None),
        ("style", "captions"): getattr(args, "captions", None),
    }
    flags.update({key: value for key, value in plain.items() if value is not None})
    for (section, key), value in nested.items():
        if value is not None:
            flags.setdefault(section, {})[key] = value
    return flags


def list_jobs(args: argparse.Namespace) -> int:
    """`forge list`: the jobs a render would run, in order."""
    from forge.project.plan import make_plan
    from forge.project.shards import of_shard

    settings = _settings(args)
    plan, _ = of_shard(settings, make_plan(settings, args.paths, args.only), args.shard)
    if args.stale:
        return _list_stale(settings, plan)
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


def _list_stale(settings: Settings, plan: Plan) -> int:
    """What a render would run, and why."""
    from forge.commands.preflight import is_localized
    from forge.project.plan import with_prints
    from forge.store.freshness import assess
    from forge.workers.checks import find_machine

    machine = find_machine(settings)
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("job", no_wrap=True)
    table.add_column("why")
    for job in with_prints(plan.jobs, settings, machine, localized=is_localized(settings)):
        if why := assess(settings, machine, job).why:
            table.add_row(job.name, escape(why))
    console = Console()
    console.print(table if table.row_count else "every job is up to date")
    return 0


def _inside(file: Path, settings: Settings) -> bool:
    return file.is_relative_to(settings.project_dir)


def merge(args: argparse.Namespace) -> int:
    """`forge merge`: one report of several machines' batches; returns the exit code."""
    from forge.commands.merge import merge as merge_batches

    return merge_batches(args.out, args.parts, partial=args.partial)


def preview(args: argparse.Namespace) -> int:
    """`forge preview STEP`: one step as a PNG, without voice and video."""
    from forge.commands.preview import preview as show
    from forge.project.child_process import apart

    console = Console()
    settings = _settings(args)
    path, seconds = apart(
        tuple[Path, float],
        lambda: show(settings, args.step, args.paths, args.only, args.out),
        f"step {args.step!r}",
        silence_s=settings.limits.job_s,
    )
    console.print(f"{path} ({seconds:.1f} s)", highlight=False, soft_wrap=True)
    return 0


def gif(args: argparse.Namespace) -> int:
    """`forge gif`: a GIF of each job that was rendered, or of some of its steps."""
    from forge.commands.gif import Wish, make_gifs
    from forge.store.ledger import project_lock

    console = Console()
    wish = Wish.of(args.steps, args.width, args.fps)
    settings = _settings(args)
    gifs = make_gifs(settings, wish, args.paths, args.only)
    with project_lock(settings.work_root):
        for made in gifs:
            what = f"{made.seconds:.1f} s, {made.frames} pictures, {made.megabytes:.2f} MB"
            console.print(f"{made.path} ({what})", highlight=False, soft_wrap=True)
    return 0


def doctor(args: argparse.Namespace) -> int:
    """`forge doctor`: check this machine and this project; 2 when something is missing."""
    from forge.commands.doctor import examine

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
    from forge.store.atomic import remove, sweep_parts
    from forge.store.ledger import LOCK_FILE, project_lock
    from forge.workers.run_dir import foreign, sweep

    console = Console()
    settings = _settings(args)
    for path in sweep():
        console.print(f"removed {path} (a run that died)", highlight=False, soft_wrap=True)
    for what in foreign():
        console.print(f"left alone: {escape(what)}", highlight=False, soft_wrap=True)
    if settings.work_root.is_dir():
        with project_lock(settings.work_root):
            for path in sweep_parts(settings.part_folders()):
                console.print(f"removed {path} (half done)", highlight=False, soft_wrap=True)
            for path in sorted(settings.work_root.iterdir()):
                if path.name == LOCK_FILE or (path.name == CACHE and not args.cache):
                    continue  # a forge that starts now must find the lock that we hold
                remove(path)
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
