"""The prompt itself: ptpython or IPython where it is installed, else Python's own.

Where the input is no terminal, its lines are executed without a prompt, as a script.
"""

from __future__ import annotations

import code
import importlib
import re
import sys
from collections.abc import Callable
from typing import Any

from forge.workers.prompt.names import TRY

#: `try` before an expression: no Python statement begins like this.
TRIED = re.compile(r"(\s*)try\s+([^\s:].*)", re.DOTALL)

Names = dict[str, Any]


def python_of(line: str) -> str:
    """Return a line of the prompt as Python: `try button("Save")` becomes `try_(button("Save"))`.

    >>> python_of('try button("Save")')
    'try_(button("Save"))'
    """
    if tried := TRIED.fullmatch(line.rstrip()):
        return f"{tried[1]}{TRY}({tried[2]})"
    return line


def interact(names: Names, banner: str) -> bool:
    """Run the prompt until its end (`exit()`, or the end of the input).

    Return False if the input was a script that raised an error.
    """
    print(banner, flush=True)
    if not (sys.stdin and sys.stdin.isatty()):
        return _run_script(names)
    for run in (_run_ptpython, _run_ipython):
        try:
            run(names)
            return True
        except ImportError:
            continue
        except SystemExit:
            return True
    _run_own(names)
    return True


class _Own(code.InteractiveConsole):
    """Python's own prompt. `failed`: a line has raised an error."""

    failed = False

    def push(self, line: str, *rest: Any, **more: Any) -> bool:
        return super().push(python_of(line), *rest, **more)

    def showtraceback(self) -> None:
        self.failed = True
        super().showtraceback()

    def showsyntaxerror(self, filename: str | None = None, **more: Any) -> None:
        self.failed = True
        super().showsyntaxerror(filename, **more)


class _Script(_Own):
    """The lines of the standard input, executed one after another without a prompt."""

    def raw_input(self, prompt: str = "") -> str:
        line = sys.stdin.readline() if sys.stdin else ""
        if not line:
            raise EOFError
        return line.removesuffix("\n")


def _run_script(names: Names) -> bool:
    console = _Script(names)
    _until_exit(lambda: console.interact(banner="", exitmsg=""))
    return not console.failed


def _run_own(names: Names) -> None:
    try:
        import readline
        import rlcompleter
    except ImportError:  # a Python without readline: no completion
        pass
    else:
        readline.set_completer(rlcompleter.Completer(names).complete)
        readline.parse_and_bind("tab: complete")
    _until_exit(lambda: _Own(names).interact(banner="", exitmsg=""))


def _until_exit(run: Callable[[], object]) -> None:
    try:
        run()
    except SystemExit:
        pass


def _run_ptpython(names: Names) -> None:
    repl: Any = importlib.import_module("ptpython.repl")

    class Repl(repl.PythonRepl):  # type: ignore[misc]
        def eval(self, line: str) -> object:
            return super().eval(python_of(line))

    prompt = Repl(get_globals=lambda: names)
    # It would check a line before it is translated: `try …` would count as a mistake.
    prompt.enable_input_validation = False
    prompt.run()


def _run_ipython(names: Names) -> None:
    embed: Any = importlib.import_module("IPython.terminal.embed")
    shell = embed.InteractiveShellEmbed(banner1="", exit_msg="")
    shell.input_transformers_cleanup.append(lambda lines: [*map(_with_end, lines)])
    shell.mainloop(local_ns=names)


def _with_end(line: str) -> str:
    """Translate a line that may end with a newline."""
    text = line.rstrip("\n")
    return python_of(text) + line[len(text) :]
