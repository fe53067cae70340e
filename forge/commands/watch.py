"""`forge watch [STEP]`: play a tutorial again after each change, and show it on a page."""

from __future__ import annotations

import argparse
from datetime import datetime

from rich.console import Console

from forge.commands.arguments import (
    add_lang,
    add_only,
    add_project,
    flags_of,
    say,
    selection_of,
    settings_of,
)
from forge.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_project(parser)
    parser.add_argument(
        "step",
        nargs="?",
        default="",
        metavar="STEP",
        help="the id of the step to show first (default: the first step)",
    )
    add_only(parser)
    add_lang(parser)
    parser.add_argument(
        "--port",
        metavar="N",
        help="the port of the page on this machine (default: 8100, or another if it is taken)",
    )


def run(args: argparse.Namespace) -> int:
    """Serve the page until Ctrl-C; return the exit code."""
    from forge.commands.preflight import check_writable
    from forge.store.ledger import project_lock
    from forge.store.private import FOLDER_MODE
    from forge.watching.board import Board
    from forge.watching.director import Director, Watched
    from forge.watching.rounds import MODULES
    from forge.watching.server import serving
    from forge.watching.warm import WarmProcess
    from forge.workers.run_dir import run_dir

    port = _port(args.port)
    settings, console = settings_of(args), Console()
    check_writable(settings.work_root, mode=FOLDER_MODE)
    only = selection_of(args).only
    board = Board(settings.project_dir.name)
    worker = WarmProcess(MODULES)

    def tell(text: str) -> None:
        say(console, f"{datetime.now():%H:%M:%S} {text}")

    try:
        worker.start()
        with run_dir() as folder:
            watched = Watched(settings.project_dir, flags_of(args), only, args.step, folder)
            director = Director(watched, board, worker, project_lock, tell)
            with serving(port, board, folder, director.choose) as server:
                director.begin()
                say(console, f"{server.url} shows {board.shown.project}; Ctrl-C ends")
                director.run()
    except KeyboardInterrupt:
        pass
    finally:
        worker.close()
    return 0


def _port(text: str | None) -> int | None:
    from forge.watching.server import PORTS

    if text is None:
        return None
    if text.isdecimal() and int(text) in PORTS:
        return int(text)
    raise UsageError(f"--port {text}: not a number from {PORTS[0]} to {PORTS[-1]}")
