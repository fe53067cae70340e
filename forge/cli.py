"""The command line: `forge`, or `python -m forge`."""

from __future__ import annotations

import argparse
import atexit
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from forge.collector import collect_rarely
from forge.errors import ForgeError, UsageError
from forge.report.streams import fill_descriptors
from forge.text.sanitize import message_of
from forge.version import __version__

#: The commands in the order of `forge --help`, each with its help. A command's module, of the same
#: name in `forge.commands`, is imported when the command is named: that takes most of its time.
COMMANDS = {
    "init": "make a small project that renders at once",
    "render": "render tutorials to narrated videos",
    "list": "show the jobs of a project, in the order of a render",
    "preview": "show the end of one step as a PNG, within seconds",
    "import": "make a tutorial of a recording of Chrome's or Selenium IDE's",
    "record": "make a tutorial while you click in a browser window",
    "open": "play a tutorial to a step, and stay there with a prompt",
    "watch": "play a tutorial again after each change, and show it on a page",
    "gif": "make GIFs of rendered tutorials, or of some of their steps",
    "verify": "render twice, and say what differs",
    "merge": "make one report of the batches of several machines",
    "translate": "exchange the sentences with translators, as PO files",
    "doctor": "check this machine and, if there is one, the project",
    "worker": "offer lanes of this machine to batches of other machines",
    "clean": "remove work dirs, logs, and leftovers of runs that died",
    "completion": "print a script with which a shell completes the command line",
}
#: Commands whose names are keywords of Python, and their modules.
KEYWORDS = {"import": "import_recording"}
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

    Without `argv`, the process then ends without taking its interpreter apart: with all of the
    modules, that would take 0.1 s.
    """
    if argv is not None:
        return _run(argv)

    def leave() -> None:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError):  # the reader of the pipe has gone
                stream.flush()
        os._exit(code)

    code = UNFORESEEN
    atexit.register(leave)  # before any other function, so that it is called after them
    try:
        code = _run(sys.argv[1:])
    except SystemExit as end:  # argparse, after --help or --version
        code = end.code if isinstance(end.code, int) else 0
    return code


def _run(argv: Sequence[str]) -> int:
    def run() -> int:
        named = next((word for word in argv if not word.startswith("-")), "")
        args = parser(named).parse_args(argv)
        _check_working_folder()
        command: Callable[[argparse.Namespace], int] = args.run
        return command(args)

    collect_rarely()
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
    from forge.store.crash_file import keep_trace

    kept = keep_trace("".join(traceback.format_exception(error)))
    unforeseen = ForgeError(
        f"forge itself failed: {type(error).__name__}: {message_of(error)}",
        hint=f"{kept}; please report the error with it, and say what you did",
    )
    unforeseen.exit_code = UNFORESEEN
    return unforeseen


def _tell(error: ForgeError) -> int:
    from rich.markup import escape

    from forge.report.console import batch_console

    stderr = batch_console(stderr=True)
    stderr.print(f"[red]error:[/red] {escape(error.message)}", highlight=False, soft_wrap=True)
    if error.hint:
        stderr.print(f"  hint: {escape(error.hint)}", highlight=False, soft_wrap=True)
    return error.exit_code


def parser(command: str | None = None) -> argparse.ArgumentParser:
    """Return the parser of the command line; `run` in its result is the command's function.

    `whole` in its result is this function, for a command that works with all the others.

    With `command`, the arguments of other commands are not declared.
    """
    made = _Parser(
        prog="forge", description="Turn scripted browser walkthroughs into narrated videos."
    )
    made.add_argument("--version", action="version", version=f"forge {__version__}")
    commands = made.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    for name, text in COMMANDS.items():
        description = f"{text[0].upper()}{text[1:]}."
        declared = commands.add_parser(name, help=text, description=description)
        if command in (None, name):
            module = import_module(f"forge.commands.{KEYWORDS.get(name, name)}")
            module.add_arguments(declared)
            declared.set_defaults(run=module.run, whole=parser)
    return made
