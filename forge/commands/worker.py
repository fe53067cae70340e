"""`forge worker`: offer lanes of this machine to batches of other machines."""

from __future__ import annotations

import argparse
import socket
from importlib.util import find_spec
from pathlib import Path

from forge.commands.preflight import lanes_from
from forge.errors import MachineError, UsageError
from forge.model.settings import Settings
from forge.store.history import LANE_MB


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("address", help="the scheduler: tls://HOST:PORT or tcp://HOST:PORT")
    parser.add_argument(
        "-j",
        "--jobs",
        metavar="N",
        default="auto",
        help="how many jobs to render at once; auto (the default): as many as processors and memory"
        " allow",
    )
    parser.add_argument("--name", help="the name of this host in reports; default: its host name")
    parser.add_argument(
        "--listen",
        metavar="HOST[:PORT]",
        help="where the scheduler reaches this host; default: the address that leads to it",
    )
    parser.add_argument(
        "--contact",
        metavar="ADDRESS",
        help="the address that the scheduler is told instead, behind a tunnel: tcp://HOST:PORT",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        help="where projects and takes are kept; default: ~/.cache/forge/hosts",
    )
    parser.add_argument(
        "--key", type=Path, metavar="FILE", help="certificate and key (PEM), for TLS"
    )
    parser.add_argument(
        "--insecure", action="store_true", help="allow an address that is not encrypted"
    )
    parser.add_argument(
        "--once",
        action="store_true",
        help="end with the connection or with the end of stdin, instead of dialling again",
    )


def run(args: argparse.Namespace) -> int:
    """Serve until a signal comes; return the exit code."""
    if find_spec("distributed") is None:
        raise MachineError(
            "forge worker needs the extra `cluster`, which is not installed",
            hint='pip install "forge-tutorials[cluster]"',
        )
    from forge.workers.hosting.link import check_address
    from forge.workers.hosting.plugin import usual_folder
    from forge.workers.hosting.serving import Service, place_of, serve

    check_address(args.address, args.key, insecure=args.insecure)
    if args.listen:
        place_of(args.listen)
    serve(
        Service(
            address=args.address,
            lanes=_lanes(args.jobs),
            name=args.name or socket.gethostname(),
            folder=(args.folder or usual_folder()).absolute(),
            listen=args.listen,
            contact=args.contact,
            key=args.key,
            once=args.once,
        )
    )
    return 0


def _lanes(text: str) -> int:
    """Return the number of lanes that `-j text` asks for; raise UsageError if it is none."""
    if text != "auto" and not (text.isdecimal() and int(text)):
        raise UsageError(f"-j {text}: not a number of lanes", hint="write 1, 2, … or auto")
    lanes, _ = lanes_from(text, Settings(project_dir=Path()), LANE_MB)
    return lanes
