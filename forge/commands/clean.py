"""`forge clean`: remove work dirs and logs, and what dead runs left on this machine."""

from __future__ import annotations

import argparse

from rich.console import Console

from forge.commands.arguments import add_project, say, settings_of
from forge.store.paths import CACHE, part_folders


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_project(parser)
    parser.add_argument(
        "--cache",
        action="store_true",
        help="remove the caches of spoken lines and of encoded pictures too; the next render makes"
        " them again",
    )


def run(args: argparse.Namespace) -> int:
    """Remove files, and print their paths; return the exit code."""
    from forge.store.atomic import remove, sweep_parts
    from forge.store.ledger import LOCK_FILE, project_lock
    from forge.workers.run_dir import foreign, sweep

    console = Console()
    settings = settings_of(args)
    for path in sweep():
        say(console, f"removed {path} (a run that died)")
    for what in foreign():
        say(console, f"left alone: {what}")
    if settings.work_root.is_dir():
        with project_lock(settings.work_root):
            for path in sweep_parts(part_folders(settings)):
                say(console, f"removed {path} (half done)")
            for path in sorted(settings.work_root.iterdir()):
                if path.name == LOCK_FILE or (path.name == CACHE and not args.cache):
                    continue  # another forge that starts now must find the lock held
                remove(path)
                say(console, f"removed {path}")
    return 0
