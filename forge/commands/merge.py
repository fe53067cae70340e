"""`forge merge`: make one report of the batches of several machines."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder for the report")
    parser.add_argument(
        "parts",
        type=Path,
        nargs="+",
        metavar="DIR",
        help="the output folder of a shard (or the batch.json in it)",
    )
    parser.add_argument(
        "--partial",
        action="store_true",
        help="make a report although shards are missing; their jobs count as not run",
    )


def run(args: argparse.Namespace) -> int:
    """Write the report; return the exit code of a render."""
    from forge.commands.merging import merge

    return merge(args.out, args.parts, partial=args.partial)
