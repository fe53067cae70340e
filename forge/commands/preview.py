"""`forge preview STEP`: record a tutorial up to that step, and draw the end of the step as a PNG.

Setup, steps and teardown run as in a render; nothing is spoken or encoded.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from rich.console import Console

from forge.commands.arguments import add_project, add_selection, say, selection_of, settings_of
from forge.commands.request import Selection
from forge.commands.steps import job_with, until, without_typing
from forge.model.settings import Settings
from forge.text.sanitize import clean


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_project(parser)
    parser.add_argument("step", metavar="STEP", help="the id of a step, such as create-event")
    add_selection(parser)
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="the PNG (default: JOB.STEP.png in the output folder)",
    )


def run(args: argparse.Namespace) -> int:
    """Write the PNG, in a child process, and print its path; return the exit code."""
    from forge.project.child_process import apart

    settings, selection = settings_of(args), selection_of(args)
    began_s = time.monotonic()
    path = apart(
        Path,
        lambda: preview(settings, args.step, selection, args.out),
        f"step {args.step!r}",
        silence_s=settings.limits.job_s,
    )
    say(Console(), f"{path} ({time.monotonic() - began_s:.1f} s)")
    return 0


def preview(settings: Settings, step: str, selection: Selection, out: Path | None) -> Path:
    """Write the PNG; return its path.

    Raises:
        UsageError: no tutorial has that step, or several have.
        RecordingError: a step up to that one failed; the PNG then shows the screen at that time.
    """
    from forge.commands.planning import plan
    from forge.commands.preflight import check_file, check_writable
    from forge.project.load_module import use_project
    from forge.store.ledger import project_lock
    from forge.store.private import FOLDER_MODE
    from forge.workers import checks, studio

    use_project(settings.project_dir)
    checks.check_look(settings)
    job = job_with(step, plan(settings, selection).jobs)
    machine = checks.find_machine(settings).on("elastic")
    path = check_file("--out", out or settings.output_dir / f"{job.name}.{step}.png")
    check_writable(settings.work_root, mode=FOLDER_MODE)
    # A running batch may use the app of slot 0.
    with project_lock(settings.work_root):
        studio.preview_step(without_typing(settings), machine, job, until(step, job), path, _warn)
    return path


def _warn(text: str) -> None:
    print(f"warning: {clean(text)}", file=sys.stderr)
