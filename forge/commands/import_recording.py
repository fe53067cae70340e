"""`forge import FILE`: make tutorial modules of a recording of Chrome's or of Selenium IDE's."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from forge.commands.arguments import add_project, say, warn
from forge.commands.recorded_into import Destination, destination
from forge.errors import UsageError
from forge.recordings.events import Recording
from forge.recordings.module_text import ModuleText
from forge.recordings.reading import read_recordings
from forge.recordings.writing import refuse_existing
from forge.store.atomic import write_text
from forge.tutorial import LONGEST_ID, SLUG, SLUG_HINT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_project(parser)
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="a recording of Chrome's DevTools (Recorder › Export › JSON), or of Selenium IDE"
        " (.side)",
    )
    add_module(parser)


def add_module(parser: argparse.ArgumentParser) -> None:
    """Add `--out`, `--id` and `--force`: where the module goes, and its tutorial's id."""
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="the module to write; a folder for a recording of several tests (default: ID.py in the"
        " project's folder of tutorials, or in the current folder)",
    )
    parser.add_argument(
        "--id", metavar="ID", help="the tutorial's id (default: made of the recording's title)"
    )
    parser.add_argument("--force", action="store_true", help="replace a file that is there already")


def run(args: argparse.Namespace) -> int:
    """Write the modules, print their paths, and warn of what is lost; return the exit code."""
    check_id(args.id)
    recordings = read_recordings(args.file)
    place = destination(args)
    modules = made_of(recordings, args, place)
    paths = [_path(args, place, module.id) for module in modules]
    for path, module in zip(paths, modules, strict=True):
        place.refuse_other(module.id, path)
        refuse_existing(path, force=args.force)
    console, errors = Console(), Console(stderr=True)
    for path, module in zip(paths, modules, strict=True):
        write_text(path, module.text)
        for lost in module.lost:
            warn(errors, f"{path.name}: not carried over: {lost}")
        say(console, str(path))
    return 0


def check_id(given: str | None) -> None:
    """Refuse an id that is none.

    Raises:
        UsageError: it is not one.
    """
    if given is not None and (not SLUG.fullmatch(given) or len(given) > LONGEST_ID):
        raise UsageError(f"--id {given!r} is not an id", hint=SLUG_HINT)


def made_of(
    recordings: Sequence[Recording], args: argparse.Namespace, place: Destination
) -> list[ModuleText]:
    """Return a module for each recording, each with an id of its own, which the project has not.

    Raises:
        UsageError: one id or one file was given for several recordings.
    """
    origin, several = args.file.name, len(recordings) > 1
    if args.id and several:
        raise UsageError(
            f"--id {args.id}, but {origin} has {len(recordings)} tests",
            hint="without --id, each gets an id of its title",
        )
    if several and _is_file(args.out):
        raise UsageError(
            f"--out {args.out} is one file, and {origin} has {len(recordings)} tests",
            hint="name a folder",
        )
    modules: list[ModuleText] = []
    for recording in recordings:
        module, number = ModuleText(recording, args.id, origin, place.start_page), 2
        stem = module.id
        while not args.id and (
            module.id in {other.id for other in modules}
            or place.has_other(module.id, _path(args, place, module.id))
        ):
            other_id = f"{stem[: LONGEST_ID - 4]}-{number}"
            module = ModuleText(recording, other_id, origin, place.start_page)
            number += 1
        modules.append(module)
    return modules


def _path(args: argparse.Namespace, place: Destination, tutorial_id: str) -> Path:
    """Return the file of the module with this id."""
    out: Path | None = args.out
    if out is not None and _is_file(out):
        return out
    return (out or place.folder) / f"{tutorial_id.replace('-', '_')}.py"


def _is_file(out: Path | None) -> bool:
    """Return True if `--out` names a file, which may not be there yet."""
    return out is not None and out.suffix == ".py" and not out.is_dir()
