"""The command line: `forge`, or `python -m forge`."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from rich.markup import escape

from forge.commands import commands
from forge.errors import ForgeError, UsageError
from forge.report.console import batch_console, fill_descriptors
from forge.store.crash_file import keep_trace
from forge.text.sanitize import said
from forge.version import __version__

UNFORESEEN = 70  # `EX_SOFTWARE` of sysexits.h


class _Parser(argparse.ArgumentParser):
    """Says what is wrong as forge does, with exit code 2."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint=f"`{self.prog} --help` shows what there is")


def console(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; errors are told on stderr, without a traceback.

    0 all done, 1 a render failed, 2 usage or configuration, 70 an error in forge itself, 130
    interrupted.
    """
    fill_descriptors()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a log in ASCII must not end a batch
    try:
        args = _parser().parse_args(argv)
        _check_working_folder()
        run: Callable[[argparse.Namespace], int] = args.run
        return run(args)
    except ForgeError as error:
        return _tell(error)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        return _tell(_unforeseen(error))


def _check_working_folder() -> None:
    try:
        Path.cwd()
    except OSError as problem:
        raise UsageError(
            f"the working folder cannot be entered: {problem.strerror}",
            hint="was it removed? `cd` to one that is there",
        ) from problem


def _unforeseen(error: Exception) -> ForgeError:
    kept = keep_trace("".join(traceback.format_exception(error)))
    unforeseen = ForgeError(
        f"forge itself failed: {type(error).__name__}: {said(error)}",
        hint=f"{kept}; please report it with that, and with what you did",
    )
    unforeseen.exit_code = UNFORESEEN
    return unforeseen


def _tell(error: ForgeError) -> int:
    stderr = batch_console(stderr=True)
    stderr.print(f"[red]error:[/red] {escape(error.message)}", highlight=False, soft_wrap=True)
    if error.hint:
        stderr.print(f"  hint: {escape(error.hint)}", highlight=False, soft_wrap=True)
    return error.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="forge", description="Scripted browser walkthroughs become videos.")
    parser.add_argument("--version", action="version", version=f"forge {__version__}")
    sub = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    _add_render(sub)
    listing = _command(sub, "list", commands.list_jobs, "show the jobs a render would run")
    _add_selection(listing)
    listing.add_argument("--stale", action="store_true", help="what would be rendered, and why")
    merge = sub.add_parser("merge", help="make one report of several shards")
    merge.add_argument("out", type=Path, metavar="OUT", help="the folder for the report")
    merge.add_argument("parts", type=Path, nargs="+", metavar="DIR", help="out_dir of a shard")
    merge.add_argument("--partial", action="store_true", help="although shards are missing")
    merge.set_defaults(run=commands.merge)
    _add_gif(sub)
    preview = _command(sub, "preview", commands.preview, "show one step as a PNG, in seconds")
    preview.add_argument("step", metavar="STEP")
    _add_selection(preview)
    preview.add_argument("--out", type=Path, metavar="FILE", help="default: in the output folder")
    doctor = _command(sub, "doctor", commands.doctor, "check this machine and this project")
    doctor.add_argument("--setup", action="store_true", help="also run the adapter's set-up once")
    verify = _command(sub, "verify", commands.verify, "render twice and say what differs")
    _add_selection(verify)
    _add_how(verify)
    clean = _command(sub, "clean", commands.clean, "remove work dirs and leftovers of dead runs")
    clean.add_argument("--cache", action="store_true", help="remove spoken lines too")
    init = sub.add_parser("init", help="make a project that renders at once")
    init.add_argument("dir", type=Path)
    init.set_defaults(run=commands.init)
    return parser


def _command(
    sub: Any, name: str, run: Callable[[argparse.Namespace], int], text: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = sub.add_parser(name, help=text)
    parser.add_argument("--project", type=Path, default=Path(), metavar="DIR")
    parser.set_defaults(run=run)
    return parser


def _add_selection(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="tutorial files, folders, globs")
    parser.add_argument("--only", action="append", default=[], metavar="ID")
    parser.add_argument("--lang", metavar="es,fr")
    parser.add_argument("--shard", metavar="I/N", help="only the I-th of N parts of the jobs")


def _add_gif(sub: Any) -> None:
    gif = _command(sub, "gif", commands.gif, "make GIFs of what was rendered")
    _add_selection(gif)
    gif.add_argument("--steps", metavar="FIRST[..LAST]", help="only these (default: the whole)")
    gif.add_argument("--width", default="800", metavar="PIXELS")
    gif.add_argument("--fps", default="10", metavar="N", help="pictures a second, at most")
    gif.add_argument("--out-dir", type=Path, metavar="DIR")


def _add_how(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-j", "--jobs", nargs="?", const="", metavar="N|auto", help="lanes at once (default: 1)"
    )
    parser.add_argument("--clock", metavar="auto|elastic|real|virtual")
    parser.add_argument("--voice", metavar="ENGINE", help="pyttsx3, piper, silent …")


def _add_render(sub: Any) -> None:
    render = _command(sub, "render", commands.render, "render tutorials to videos")
    _add_selection(render)
    _add_how(render)
    render.add_argument("--out-dir", type=Path, metavar="DIR")
    render.add_argument("--phase", choices=["all", "speak", "record", "compose"], default="all")
    render.add_argument("--keep-going", action="store_true", default=None)
    render.add_argument("--retries", metavar="N", help="attempts after a failure that may pass")
    render.add_argument("--resume", action="store_true", help="only what is not done yet")
    render.add_argument("--force", action="store_true", help="what is up to date, too")
    render.add_argument("--captions", metavar="files|burn")
    render.add_argument(
        "--contact-sheet", action="store_true", default=None, help="a picture of every step"
    )
    render.add_argument("--keep-work", action="store_true", default=None)
    render.add_argument("--json", type=Path, metavar="FILE", help="write batch.json there too")
