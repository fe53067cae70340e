"""`forge open STEP`: play a tutorial to a step, and stay there with a prompt in the browser.

After a failure the prompt opens at the step that failed. What is typed there runs in a child
process, which has the terminal; when the prompt ends, browser and app end, too.
"""

from __future__ import annotations

import argparse
import math
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from forge.commands.arguments import add_lang, add_only, add_project, selection_of, settings_of
from forge.commands.request import Selection
from forge.commands.steps import job_with, until, without_typing
from forge.model.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_project(parser)
    parser.add_argument("step", metavar="STEP", help="the id of a step, such as create-event")
    add_only(parser)
    add_lang(parser)


def run(args: argparse.Namespace) -> int:
    """Run the prompt; return the exit code: 1 if a step or a line of piped input failed."""
    from forge.project.child_process import apart

    settings, selection = settings_of(args), selection_of(args)
    parent = os.getpid()
    with _leaving_interrupts_to_child():
        done = apart(
            bool,
            lambda: open_at(settings, args.step, selection, parent),
            f"step {args.step!r}",
            silence_s=math.inf,
        )
    return 0 if done else 1


def open_at(settings: Settings, step: str, selection: Selection, parent: int) -> bool:
    """Play to `step`, and run the prompt; return False if a step or a line of a script failed.

    Raises:
        ForgeError: no tutorial has that step, several have, or browser or app do not start.
    """
    from forge.commands.planning import plan
    from forge.commands.preflight import check_writable
    from forge.project.load_module import use_project
    from forge.store.ledger import project_lock
    from forge.store.private import FOLDER_MODE
    from forge.workers import checks
    from forge.workers.prompt.play import Played
    from forge.workers.prompt.prompt import open_step, window_of

    use_project(settings.project_dir)
    job = job_with(step, plan(settings, selection).jobs)
    machine = checks.find_machine(settings).on("elastic")
    check_writable(settings.work_root, mode=FOLDER_MODE)
    window = window_of(settings, machine)
    # A running batch may use the app of slot 0.
    with project_lock(settings.work_root):
        played = Played(
            without_typing(settings), window or machine, job, until(step, job), bool(window)
        )
        return open_step(played, parent)


@contextmanager
def _leaving_interrupts_to_child() -> Iterator[None]:
    """Let Ctrl-C interrupt a line of the prompt, and not this process, which waits for its end.

    The child sets a handler of its own.
    """
    before = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
