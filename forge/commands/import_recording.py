"""`forge import FILE`: make tutorial modules of a recording of Chrome's or of Selenium IDE's."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from forge.commands.arguments import add_project, say, settings_of, warn
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
    modules = made_of(recordings, args.id, args.file.name)
    paths = _paths(args, modules)
    for path in paths:
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


def made_of(recordings: Sequence[Recording], given: str | None, origin: str) -> list[ModuleText]:
    """Return a module for each recording, each with an id of its own.

    Raises:
        UsageError: one id was given for several recordings.
    """
    if given and len(recordings) > 1:
        raise UsageError(
            f"--id {given}, but {origin} has {len(recordings)} tests",
            hint="without --id, each gets an id of its title",
        )
    modules: list[ModuleText] = []
    for recording in recordings:
        module, number = ModuleText(recording, given, origin), 2
        stem = module.id
        while module.id in {other.id for other in modules}:
            module = ModuleText(recording, f"{stem[: LONGEST_ID - 4]}-{number}", origin)
            number += 1
        modules.append(module)
    return modules


def _paths(args: argparse.Namespace, modules: Sequence[ModuleText]) -> list[Path]:
    """Return the file of each module.

    Raises:
        UsageError: `--out` names a file, for several modules.
    """
    out: Path | None = args.out
    if out is not None and out.suffix == ".py" and not out.is_dir():
        if len(modules) > 1:
            raise UsageError(
                f"--out {out} is one file, and {args.file.name} has {len(modules)} tests",
                hint="name a folder",
            )
        return [out]
    folder = out or default_folder(args)
    return [folder / f"{module.id.replace('-', '_')}.py" for module in modules]


def default_folder(args: argparse.Namespace) -> Path:
    """Return the folder of the project's tutorials; without a project, the current folder."""
    project: Path = args.project
    if not has_project(args):
        return Path()
    first = Path(settings_of(args).tutorials[0])
    plain = [part for part in first.parts if not set("*?[") & set(part)]
    folder = Path(*plain)
    return project / (folder.parent if folder.suffix == ".py" else folder)


def has_project(args: argparse.Namespace) -> bool:
    """Return True if `--project` names a project: recordings can be imported anywhere."""
    return bool((args.project / "forge.toml").is_file())
