"""`forge verify`: render the same jobs twice, and name the first step in which they differ.

Of a job that is exact, that is a fault. One that is true may differ by as much as what it needed
of an outside did.
"""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from forge.commands.arguments import (
    add_how,
    add_project,
    add_selection,
    say,
    selection_of,
    settings_of,
)
from forge.commands.request import BatchOutcome, RenderRequest
from forge.model.settings import Settings

if TYPE_CHECKING:
    from forge.commands.compare import Verdict

HELP = "render twice, and say what differs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_project(parser)
    add_selection(parser)
    add_how(parser)


def run(args: argparse.Namespace) -> int:
    """Render twice and compare; return 0 if nothing is wrong, 1 for a fault or a failed render."""
    from forge.commands.batch import render
    from forge.commands.consoles import Consoles

    consoles = Consoles.of_process()
    return verify(
        settings_of(args),
        RenderRequest(selection=selection_of(args), lanes=args.jobs),
        lambda settings, request: render(settings, request, consoles=consoles),
    )


def verify(
    settings: Settings,
    request: RenderRequest,
    render: Callable[[Settings, RenderRequest], BatchOutcome],
) -> int:
    """Carry out `request` twice with `render`, whatever is up to date; return the exit code."""
    from forge.commands.compare import FIRST_FRAMES, FOLDER, digest_of, judge, show
    from forge.commands.planning import plan

    request = replace(request, force=True)
    names = [job.name for job in plan(settings, request.selection).jobs]
    try:
        if code := render(settings, request).exit_code:
            return code
        first = {name: digest_of(settings, name) for name in names}
        for name in names:
            _keep_frames(settings.work_root / name)
        if code := render(settings, request).exit_code:
            return code
        console, fault = Console(), False
        for name in names:
            once = digest_of(settings, name)
            verdict = judge(first[name], once)
            _tell(console, name, verdict)
            for line in show(first[name], once, settings.work_root / name):
                say(console, f"  {line}")
            fault = fault or verdict.fault
        return int(fault)
    finally:
        for name in names:
            folder = settings.work_root / name / FOLDER
            (folder / FIRST_FRAMES).unlink(missing_ok=True)
            with suppress(OSError):  # it holds pictures, or never was
                folder.rmdir()


def _keep_frames(work_dir: Path) -> None:
    """Keep the first render's pictures, beside which the second one's will be written."""
    from forge.commands.compare import FIRST_FRAMES, FOLDER
    from forge.store.paths import FRAMES_FILE

    folder = work_dir / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        os.link(work_dir / FRAMES_FILE, folder / FIRST_FRAMES)
    except OSError:  # a file system without links
        shutil.copy(work_dir / FRAMES_FILE, folder / FIRST_FRAMES)


def _tell(console: Console, name: str, verdict: Verdict) -> None:
    colour = "red" if verdict.fault else "cyan" if verdict.told else "green"
    told = f": {verdict.told}" if verdict.told else ""
    text = f"[{colour}]{verdict.mark}[/{colour}] {escape(f'{name}{told}')}"
    console.print(text, highlight=False, soft_wrap=True)
