"""A project on disk, and the `forge` command that runs in it."""

from __future__ import annotations

import subprocess
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"

FORGE_TOML = """\
[voice]
engine = "silent"
"""

TOUR = '''\
from forge import Tutorial

tour = Tutorial("A small tour", id="tour")


@tour.step
def welcome(browser):
    """Welcome to this small tour."""


@tour.step
def look_around(browser, ctx):
    """Look around."""
'''


@dataclass(frozen=True)
class Project:
    """A project folder that tests write into."""

    folder: Path

    def write(self, name: str, text: str) -> Path:
        """Write `text` (dedented) into the project's file `name`."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def write_tour(self, name: str, tutorial_id: str) -> Path:
        """Write a good tutorial of two steps with that id."""
        return self.write(f"tutorials/{name}.py", TOUR.replace('"tour"', f'"{tutorial_id}"'))


class ForgeCommand(Protocol):
    """Runs `forge <args>` in a process of its own, in the folder `cwd`."""

    def __call__(
        self, *args: str, cwd: Path, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]: ...
