"""The two streams that a command prints to."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.markup import escape

from forge.commands.arguments import error, warn
from forge.model.host_access import HostAccess
from forge.report.console import batch_console
from forge.report.writer import Written
from forge.text.redact import without_passwords


class Consoles(NamedTuple):
    """Standard output for results and progress, standard error for warnings and errors."""

    out: Console
    err: Console

    @classmethod
    def of_process(cls) -> Consoles:
        """Return those of this process; a closed or full stream goes silent instead of raising."""
        return cls(batch_console(), batch_console(stderr=True))

    def warn(self, texts: Iterable[str]) -> None:
        """Print warnings, without passwords of URLs."""
        for text in texts:
            warn(self.err, without_passwords(text))

    def tell(self, written: Written) -> None:
        """Print what could not be written."""
        for text in written.errors:
            error(self.err, text)
        for text in written.warnings:
            warn(self.err, text)

    def tell_reaching(self, access: HostAccess) -> None:
        """Print which hosts are connected to: that may take a while."""
        text = f"connecting to {access.hosts or access.cluster} …"
        self.out.print(escape(without_passwords(text)), highlight=False, soft_wrap=True)

    def tell_log(self, path: Path) -> None:
        """Print the path of the log."""
        self.err.print(f"log: {escape(str(path))}", highlight=False, soft_wrap=True)


#: Consoles that print nothing, for programs that use forge as a library.
QUIET = Consoles(*(Console(quiet=True, force_terminal=False) for _ in range(2)))
