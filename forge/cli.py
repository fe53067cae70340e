"""The command line: `forge`, or `python -m forge`."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn, Protocol

from rich.markup import escape

from forge.commands import clean, doctor, gif, init, merge, preview, render, translate, verify
from forge.commands import list as list_jobs
from forge.errors import ForgeError, UsageError
from forge.report.console import batch_console, fill_descriptors
from forge.store.crash_file import keep_trace
from forge.text.sanitize import message_of
from forge.version import __version__


class Command(Protocol):
    """A module of `forge.commands` that is a command; the command has the module's name."""

    __name__: str
    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser, /) -> None: ...
    def run(self, args: argparse.Namespace, /) -> int: ...


#: In the order of `forge --help`.
COMMANDS: tuple[Command, ...] = (
    init,
    render,
    list_jobs,
    preview,
    gif,
    verify,
    merge,
    translate,
    doctor,
    clean,
)
UNFORESEEN = 70  # exit code of an error in forge itself: EX_SOFTWARE of sysexits.h


class _Parser(argparse.ArgumentParser):
    """A parser that raises `UsageError` instead of printing the usage and exiting."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint=f"`{self.prog} --help` lists what it takes")


def console(argv: Sequence[str] | None = None) -> int:
    """Run the command that `argv` names (default: the process's arguments); return the exit code.

    0: all done; 1: a render failed; 2: the command line, the project or the machine is wrong;
    70: an error in forge itself; 130: interrupted. Errors are printed to stderr, without a
    traceback.
    """

    def run() -> int:
        args = parser().parse_args(argv)
        _check_working_folder()
        command: Callable[[argparse.Namespace], int] = args.run
        return command(args)

    return exit_code_of(run)


def exit_code_of(run: Callable[[], int]) -> int:
    """Call `run` and return its exit code; print an error instead of raising it."""
    fill_descriptors()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # an ASCII terminal or log must not end a batch
    try:
        return run()
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
            hint="was it removed? `cd` to another folder",
        ) from problem


def _unforeseen(error: Exception) -> ForgeError:
    kept = keep_trace("".join(traceback.format_exception(error)))
    unforeseen = ForgeError(
        f"forge itself failed: {type(error).__name__}: {message_of(error)}",
        hint=f"{kept}; please report the error with it, and say what you did",
    )
    unforeseen.exit_code = UNFORESEEN
    return unforeseen


def _tell(error: ForgeError) -> int:
    stderr = batch_console(stderr=True)
    stderr.print(f"[red]error:[/red] {escape(error.message)}", highlight=False, soft_wrap=True)
    if error.hint:
        stderr.print(f"  hint: {escape(error.hint)}", highlight=False, soft_wrap=True)
    return error.exit_code


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; `run` in its result is the command's function."""
    made = _Parser(
        prog="forge", description="Turn scripted browser walkthroughs into narrated videos."
    )
    made.add_argument("--version", action="version", version=f"forge {__version__}")
    commands = made.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    for module in COMMANDS:
        name = module.__name__.rpartition(".")[2]
        description = f"{module.HELP[0].upper()}{module.HELP[1:]}."
        command = commands.add_parser(name, help=module.HELP, description=description)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return made
