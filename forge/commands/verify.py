"""`forge verify`: render the same jobs twice, and name the first step in which they differ.

A job that reports itself as exact must not differ at all. A job that is true depended on something
outside the page, and may differ as far as that did.
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
    access_of,
    add_hosts,
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
    from forge.commands.compare import Comparison


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_project(parser)
    add_selection(parser)
    add_how(parser)
    add_hosts(parser)


def run(args: argparse.Namespace) -> int:
    """Render twice and compare; return 0 if nothing is wrong, 1 for a fault or a failed render."""
    from forge.commands.batch import render
    from forge.commands.consoles import Consoles

    consoles = Consoles.of_process()
    return verify(
        settings_of(args),
        RenderRequest(selection=selection_of(args), lanes=args.jobs, access=access_of(args)),
        lambda settings, request: render(settings, request, consoles=consoles),
    )


def verify(
    settings: Settings,
    request: RenderRequest,
    render: Callable[[Settings, RenderRequest], BatchOutcome],
) -> int:
    """Carry out `request` twice with `render`, also for jobs that are up to date, and compare.

    Return the exit code: 1 if an exact job differs, or that of a render that failed.
    """
    from forge.commands.compare import FIRST_FRAMES, FOLDER, digest_of, judge, write_difference
    from forge.commands.planning import plan

    request = replace(request, force=True, bring_takes=True)
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
            second = digest_of(settings, name)
            found = judge(first[name], second)
            _tell(console, name, found)
            for line in write_difference(first[name], second, settings.work_root / name):
                say(console, f"  {line}")
            fault = fault or found.fault
        return int(fault)
    finally:
        for name in names:
            folder = settings.work_root / name / FOLDER
            (folder / FIRST_FRAMES).unlink(missing_ok=True)
            with suppress(OSError):  # pictures of a difference are in it, or it was never made
                folder.rmdir()


def _keep_frames(work_dir: Path) -> None:
    """Keep the frames of the first render: the second one replaces their file."""
    from forge.commands.compare import FIRST_FRAMES, FOLDER
    from forge.store.paths import FRAMES_FILE

    folder = work_dir / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        os.link(work_dir / FRAMES_FILE, folder / FIRST_FRAMES)
    except OSError:  # a file system without links
        shutil.copy(work_dir / FRAMES_FILE, folder / FIRST_FRAMES)


def _tell(console: Console, name: str, found: Comparison) -> None:
    colour = "red" if found.fault else "cyan" if found.text else "green"
    text = f"{name}: {found.text}" if found.text else name
    line = f"[{colour}]{found.mark}[/{colour}] {escape(text)}"
    console.print(line, highlight=False, soft_wrap=True)
