"""The two streams that a command writes to."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.markup import escape

from forge.commands.arguments import warn
from forge.report.console import batch_console
from forge.text.redact import without_passwords


class Consoles(NamedTuple):
    """Standard output for what a command tells, standard error for warnings."""

    out: Console
    err: Console

    @classmethod
    def of_process(cls) -> Consoles:
        """Return those of this process, which outlive their reader and a full disk."""
        return cls(batch_console(), batch_console(stderr=True))

    def warn(self, texts: Iterable[str]) -> None:
        """Print warnings, without the passwords in their addresses."""
        for text in texts:
            warn(self.err, without_passwords(text))

    def tell_log(self, path: Path) -> None:
        """Say where the log is."""
        self.err.print(f"log: {escape(str(path))}", highlight=False, soft_wrap=True)


#: Print nothing: a program that uses forge is told by its listener.
QUIET = Consoles(*(Console(quiet=True, force_terminal=False) for _ in range(2)))
