"""`forge init DIR`: write a small project that renders at once."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from forge.commands.arguments import say
from forge.errors import MachineError, UsageError

PROJECT = """\
tutorials = ["tutorials/*.py"]
adapter = "forge.adapters.demo:DemoApp"   # replace it by your own: see docs/adapters.md
out_dir = "dist"

[voice]
engine = "pyttsx3"
rate = 175

[video]
width = 1280    # the page is laid out in 1280 × 720, so that its text is large
height = 720
scale = 1.5     # and the video has 1920 × 1080 pixels
"""

FIRST_TOUR = '''\
from forge import Tutorial

tour = Tutorial(
    "My first tour",
    objectives=["See what a tutorial is made of"],
    summary="You have seen a first tutorial.",
)


@tour.step
def welcome(browser):
    """Welcome. What the voice says is the text of a step; what the hand does is its body."""


@tour.step
def reload(browser):
    """The hand acts at the word that you mark: {here} now the page is loaded again."""
    browser.refresh()
'''

FILES = {
    "forge.toml": PROJECT,
    "tutorials/first_tour.py": FIRST_TOUR,
    ".gitignore": "dist/\n.forge/\n",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("dir", type=Path, metavar="DIR", help="the folder; made if it is missing")


def run(args: argparse.Namespace) -> int:
    """Write the files that are not there yet; return the exit code."""
    folder: Path = args.dir.absolute()
    if (folder / "forge.toml").exists():
        raise UsageError(f"{folder} has a forge.toml already", hint="name another folder")
    try:
        (folder / "tutorials").mkdir(parents=True, exist_ok=True)
        for name, text in FILES.items():
            if not (folder / name).exists():  # never write over a user's file
                (folder / name).write_text(text, encoding="utf-8")
    except OSError as problem:
        raise MachineError(f"{folder} cannot be written: {problem}") from problem
    say(Console(), f"made {folder}; now: forge render --project {folder}")
    return 0
