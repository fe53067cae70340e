"""`python -m forge` is the same as the `forge` command."""

from __future__ import annotations

import sys
from pathlib import Path


def _without_current_directory() -> None:
    """Remove the current folder from `sys.path`, where `python -m` puts it first.

    Otherwise a file `rich.py` of a project would win over the installed package. Modules of the
    project are found in another way, after all installed ones (`forge.project.load_module`).
    """
    if sys.flags.safe_path:
        return  # `python -P`: it is not there
    here = sys.path.pop(0)
    if Path(here).resolve() == Path(__file__).resolve().parents[1]:
        sys.path.append(here)  # in a bare checkout, forge itself is found through it


if __name__ == "__main__":
    _without_current_directory()  # before any other package is imported
    from forge.cli import console

    sys.exit(console())
