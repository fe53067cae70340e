"""Arguments that several commands share, and the settings and selections that they mean."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forge.commands.request import Selection, make_access
from forge.model.host_access import HostAccess
from forge.model.settings import Settings
from forge.project.settings_sources import load_settings

if TYPE_CHECKING:
    from rich.console import Console


def add_project(parser: argparse.ArgumentParser) -> None:
    """Add `--project`."""
    parser.add_argument(
        "--project",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="the folder of the project, with its forge.toml (default: the current folder)",
    )


def add_selection(parser: argparse.ArgumentParser) -> None:
    """Add PATH, `--only`, `--lang` and `--shard`."""
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="tutorial files, folders or globs (default: tutorials in forge.toml)",
    )
    add_only(parser)
    add_lang(parser)
    parser.add_argument(
        "--shard",
        metavar="I/N",
        help="only the I-th of N parts of the jobs, for a batch on N machines (default: all jobs)",
    )


def add_only(parser: argparse.ArgumentParser) -> None:
    """Add `--only`."""
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="ID",
        help="only the tutorial with this id; may be repeated",
    )


def add_lang(parser: argparse.ArgumentParser) -> None:
    """Add `--lang`."""
    parser.add_argument(
        "--lang",
        metavar="LANG[,LANG…]",
        help="the languages of the videos, such as es,fr (default: languages in forge.toml)",
    )


def add_how(parser: argparse.ArgumentParser) -> None:
    """Add `--jobs`, `--clock` and `--voice`."""
    parser.add_argument(
        "-j",
        "--jobs",
        nargs="?",
        const="",
        metavar="N|auto",
        help="how many jobs to render at once; auto: as many as processors and memory allow"
        " (default: jobs in forge.toml, else 1)",
    )
    parser.add_argument(
        "--clock",
        metavar="auto|elastic|real|virtual",
        help="the clock of the page during the recording; auto: virtual where that works, else"
        " elastic (default: video.clock in forge.toml, else auto)",
    )
    parser.add_argument(
        "--voice",
        metavar="ENGINE",
        help="the engine that speaks: silent, pyttsx3, piper, kokoro, openai, elevenlabs or an"
        " installed one (default: voice.engine in forge.toml, else pyttsx3)",
    )


def add_hosts(parser: argparse.ArgumentParser) -> None:
    """Add `--hosts`, `--cluster` and their options."""
    parser.add_argument(
        "--hosts",
        metavar="HOST[:N],…",
        help="also use these machines, such as ana:4,ben:2, over ssh, each for N jobs at once;"
        " this machine too only with -j",
    )
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="also use the workers of the Dask scheduler at this address; this machine too only"
        " with -j",
    )
    parser.add_argument(
        "--key",
        type=Path,
        metavar="FILE",
        help="the file (PEM) with certificate and key of the cluster",
    )
    parser.add_argument(
        "--insecure",
        action="store_true",
        help="use a cluster without a key: everyone who reaches it can run programs on its hosts",
    )
    parser.add_argument(
        "--unequal",
        action="store_true",
        help="also use hosts whose versions differ, which may change the videos",
    )


def access_of(args: argparse.Namespace) -> HostAccess | None:
    """Return the way to other hosts that the command line names, if any.

    Raises:
        UsageError: its options do not go together.
    """
    key = args.key.absolute() if args.key else None
    return make_access(
        args.hosts, args.cluster, key=key, insecure=args.insecure, unequal=args.unequal
    )


def add_out_dir(parser: argparse.ArgumentParser) -> None:
    """Add `--out-dir`."""
    parser.add_argument(
        "--out-dir",
        type=Path,
        metavar="DIR",
        help="the output folder (default: out_dir in forge.toml, else dist)",
    )


def selection_of(args: argparse.Namespace) -> Selection:
    """Return the selection that the command line names; a command may lack PATH and --shard."""
    paths, shard = getattr(args, "paths", ()), getattr(args, "shard", None)
    return Selection(tuple(paths), tuple(args.only), shard)


def settings_of(args: argparse.Namespace) -> Settings:
    """Load the project's settings with the command line's on top; print warnings to stderr.

    Raises:
        ForgeError: there is no project, or a setting is wrong.
    """

    def tell(text: str) -> None:
        from rich.console import Console

        warn(Console(stderr=True), text)

    return load_settings(args.project, flags_of(args), tell)


def flags_of(args: argparse.Namespace) -> dict[str, Any]:
    """Return the command line's values, nested as settings are; those not given are left out."""
    given = {name: value for name, value in vars(args).items() if value is not None}
    if "out_dir" in given:
        given["out_dir"] = given["out_dir"].absolute()  # from the current folder, not the project's
    flags: dict[str, Any] = {
        setting: given[name] for name, setting in _SETTINGS.items() if name in given
    }
    for name, (section, setting) in _IN_SECTIONS.items():
        if name in given:
            flags[section] = {setting: given[name]}
    return flags


#: Arguments that are settings, by their names.
_SETTINGS = {
    "out_dir": "out_dir",
    "lang": "languages",
    "keep_going": "keep_going",
    "keep_work": "keep_work",
    "contact_sheet": "contact_sheet",
    "retries": "retries",
}
_IN_SECTIONS = {
    "clock": ("video", "clock"),
    "voice": ("voice", "engine"),
    "captions": ("style", "captions"),
}


def say(console: Console, text: str) -> None:
    """Print one line as it is: without markup, colours of numbers or line breaks."""
    _print(console, "", text)


def warn(console: Console, text: str) -> None:
    """Print a warning."""
    _print(console, "[yellow]warning:[/yellow] ", text)


def error(console: Console, text: str) -> None:
    """Print an error."""
    _print(console, "[red]error:[/red] ", text)


def _print(console: Console, label: str, text: str) -> None:
    from rich.markup import escape  # Rich is loaded late, beside the tutorials

    console.print(f"{label}{escape(text)}", highlight=False, soft_wrap=True)
