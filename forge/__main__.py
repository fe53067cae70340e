"""`python -m forge`: the same as the `forge` command."""

from __future__ import annotations

import sys
from pathlib import Path


def _current_directory_last() -> None:
    """`python -m` puts the current folder first: a project's `rich.py` would win over ours."""
    here = {"", str(Path.cwd())}
    if any(entry in here for entry in sys.path):
        sys.path[:] = [entry for entry in sys.path if entry not in here] + [str(Path.cwd())]


if __name__ == "__main__":
    _current_directory_last()  # before anything of other people's is imported
    from forge.cli import console

    sys.exit(console())
