"""`python -m forge`: the same as the `forge` command."""

from __future__ import annotations

import sys
from pathlib import Path


def _without_current_directory() -> None:
    """`python -m` puts the current folder first: a project's `rich.py` would win over ours.

    What lies in a project is importable all the same, after everything installed, and whatever
    the current folder is (`forge.project.load_module`).
    """
    if sys.flags.safe_path:
        return  # `python -P`: it is not there
    here = sys.path.pop(0)
    if Path(here).resolve() == Path(__file__).resolve().parents[1]:
        sys.path.append(here)  # a bare checkout, where forge itself is found through it


if __name__ == "__main__":
    _without_current_directory()  # before anything of other people's is imported
    from forge.cli import console

    sys.exit(console())
