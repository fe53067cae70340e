"""`forge render`: render tutorials. Here are its arguments, in `batch` the batch."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

from forge.commands.arguments import (
    access_of,
    add_hosts,
    add_how,
    add_out_dir,
    add_project,
    add_selection,
    selection_of,
    settings_of,
)
from forge.commands.request import RenderRequest


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_project(parser)
    add_selection(parser)
    add_how(parser)
    add_hosts(parser)
    add_out_dir(parser)
    parser.add_argument(
        "--phase",
        choices=["all", "speak", "record", "compose"],
        default="all",
        help="run only this phase, with the files of the other phases in .forge (default: all)",
    )
    parser.add_argument(
        "--keep-going",
        action="store_true",
        default=None,
        help="after a failure, render the other jobs all the same",
    )
    parser.add_argument(
        "--retries",
        metavar="N",
        help="further attempts at a job after a failure that may be temporary, 0 to 10 (default:"
        " 1 with --keep-going, else 0)",
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="leave out the jobs that an earlier batch has finished",
    )
    parser.add_argument("--force", action="store_true", help="render jobs that are up to date, too")
    parser.add_argument(
        "--captions",
        metavar="files|burn",
        help="files: captions in files beside the video; burn: also drawn into its picture"
        " (default: style.captions in forge.toml, else files)",
    )
    parser.add_argument(
        "--contact-sheet",
        action="store_true",
        default=None,
        help="write, beside each video, a JPEG that shows the end of every step",
    )
    parser.add_argument(
        "--keep-work",
        action="store_true",
        default=None,
        help="also keep the sound track of each video in its work dir, .forge/JOB",
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write batch.json to this file as well"
    )


def request_of(args: argparse.Namespace) -> RenderRequest:
    """Return the request that the command line makes."""
    return RenderRequest(
        selection=selection_of(args),
        phase=args.phase,
        lanes=args.jobs,
        access=access_of(args),
        resume=args.resume,
        force=args.force,
        json=args.json,
    )


def run(args: argparse.Namespace) -> int:
    """Render what the command line asks for; return the exit code."""
    from forge.commands.planning import plan_of_batch

    settings, request = settings_of(args), request_of(args)
    planned = plan_of_batch(settings, request, lambda: import_module("forge.commands.batch"))
    from forge.commands.batch import render
    from forge.commands.consoles import Consoles

    return render(settings, request, planned=planned, consoles=Consoles.of_process()).exit_code
