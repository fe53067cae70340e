"""`forge completion`: print a script with which a shell completes the command line."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

SHELLS = ("bash", "zsh")
#: Ids of tutorials and steps that have been rendered: as they lie in `.forge`, without starting
#: forge, which loads every tutorial. The project is that of `--project`, else the current folder.
IDS = r"""
_forge_work_dirs() {
  local at=. last= word
  for word in "$@"; do
    [ "$last" != --project ] || at=$word
    case $word in --project=*) at=${word#--project=} ;; esac
    last=$word
  done
  find "$at/.forge" -mindepth 2 -maxdepth 2 -name manifest.json 2>/dev/null
}
_forge_tutorial_ids() {
  _forge_work_dirs "$@" | sed -E 's|.*/([^/]+)/manifest.json|\1|; s|\..*||' | sort -u
}
_forge_step_ids() {
  _forge_work_dirs "$@" | tr '\n' '\0' | xargs -0 grep -ohE '"id": *"[^"]+"' 2>/dev/null |
    sed -E 's/.*"([^"]+)"$/\1/' | sort -u
}
"""
BASH = """
_forge_complete_tutorials() { compgen -W "$(_forge_tutorial_ids "${COMP_WORDS[@]}")" -- "$1"; }
_forge_complete_steps() { compgen -W "$(_forge_step_ids "${COMP_WORDS[@]}")" -- "$1"; }
"""
ZSH = """
_forge_complete_tutorials() { compadd -- ${(f)"$(_forge_tutorial_ids $words)"} }
_forge_complete_steps() { compadd -- ${(f)"$(_forge_step_ids $words)"} }
"""
#: What is completed, by the name of the argument in the parser.
RENDERED = {
    "only": "_forge_complete_tutorials",
    "step": "_forge_complete_steps",
    "steps": "_forge_complete_steps",
}
WORDS = re.compile(r"[\w-]+(?:\|[\w-]+)+")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("shell", choices=SHELLS, help="the shell that is to read the script")


def run(args: argparse.Namespace) -> int:
    """Print the script; return the exit code."""
    print(script(args.whole(), args.shell))
    return 0


def script(parser: argparse.ArgumentParser, shell: str) -> str:
    """Return the script for the command line of `parser`."""
    import shtab

    _annotate(parser, {"file": shtab.FILE, "folder": shtab.DIRECTORY})
    preamble: Any = {"bash": IDS + BASH, "zsh": IDS + ZSH}
    return str(shtab.complete(parser, shell, preamble=preamble))


def _annotate(parser: argparse.ArgumentParser, kinds: dict[str, Any]) -> None:
    """Note at each argument of `parser` and its commands how its value is completed."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                _annotate(command, kinds)
            continue
        metavar = action.metavar if isinstance(action.metavar, str) else ""
        if function := RENDERED.get(action.dest):
            how = dict.fromkeys(SHELLS, function)
        elif metavar == "DIR":
            how = kinds["folder"]
        elif action.type is Path or metavar in ("FILE", "PATH"):
            how = kinds["file"]
        else:
            how = None
        if how:
            action.complete = how  # type: ignore[attr-defined]
        elif WORDS.fullmatch(metavar) and action.choices is None:
            action.choices = metavar.split("|")
