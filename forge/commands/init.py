"""`forge init DIR`: write a small project that renders at once."""

from __future__ import annotations

import argparse
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from forge.commands.arguments import say
from forge.commands.npm_command import DEFAULT, MISSING, npm_command
from forge.commands.starter import STARTERS, Starter
from forge.errors import MachineError, UsageError
from forge.model.app_rules import problem_of
from forge.model.app_settings import App
from forge.text.suggest import nearest

TEMPLATES = Path(__file__).with_name("starters")
SUFFIX = ".in"  # of a template; without it, tools would take its Python files for forge's own
PLACE = re.compile(r"@(\w+)@")
ENVIRONMENTS = (".venv/bin/python", "venv/bin/python")
IGNORED = "{out_dir}/\n.forge/\n"
#: What the places in templates stand for: texts, and lists of words.
Values = dict[str, str | list[str]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("dir", type=Path, metavar="DIR", help="the folder; made if it is missing")
    parser.add_argument(
        "--app",
        metavar="KIND",
        help=f"a project for an app: {', '.join(k for k in STARTERS if k != 'demo')}, or the"
        " address of one that runs. It shows the app in DIR or, if there is none, a small new one."
        " Default: the demo app of forge",
    )


def run(args: argparse.Namespace) -> int:
    """Write the files that are not there yet; return the exit code."""
    folder: Path = args.dir.absolute()
    starter, address = _starter(args.app)
    if (folder / "forge.toml").exists():
        raise UsageError(f"{folder} has a forge.toml already", hint="name another folder")
    try:
        found = address or starter.find(folder)
        values = _values(starter, folder, found)
        for name, text in _files(starter, values, is_there=bool(found)):
            if not (folder / name).exists():  # never write over a user's file
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(text, encoding="utf-8")
    except OSError as problem:
        raise MachineError(f"{folder} cannot be written: {problem}") from problem
    missing = f"; {MISSING}: write into its forge.toml what serves the app" * bool(values["note"])
    say(Console(), f"made {folder}{missing}; now: forge render --project {folder}")
    return 0


def _starter(kind: str | None) -> tuple[Starter, str | None]:
    """Return the starter for `--app kind`, and the address in it.

    Raises:
        UsageError: there is no such kind, or the address is wrong.
    """
    if kind is None:
        return STARTERS["demo"], None
    if kind.startswith(("http://", "https://")):
        if wrong := problem_of(App(url=kind), has_data=False):
            raise UsageError(f"--app {kind}: {wrong.message}", hint=wrong.hint)
        return STARTERS["url"], kind
    if kind not in STARTERS:
        raise UsageError(f"--app {kind}: there is no such kind", hint=nearest(kind, STARTERS))
    return STARTERS[kind], None


def _values(starter: Starter, folder: Path, found: str | None) -> Values:
    """Return what is written into the templates; `found` is the app that is in `folder`."""
    # Pages that a build has put into `dist` are not mixed with videos.
    out_dir = "videos" if found == "dist" else "dist"
    values: Values = {"found": found or starter.new, "out_dir": out_dir, "python": _python(folder)}
    command = npm_command(folder / found) if found and starter.name == "node" else DEFAULT
    note = "" if command else f"   # {MISSING}: write what serves your app"
    return {**values, "command": command or DEFAULT, "note": note}


def _files(starter: Starter, values: Values, *, is_there: bool) -> Iterator[tuple[str, str]]:
    """Yield the names and texts of the project's files; `is_there`: the folder has an app."""
    own = TEMPLATES / starter.name
    existing = own / f"existing.toml{SUFFIX}"
    table = existing if is_there and existing.exists() else own / f"forge.toml{SUFFIX}"
    tour = TEMPLATES / (f"tour.py{SUFFIX}" if is_there else starter.tour)
    yield "forge.toml", _filled(table, values) + _filled(TEMPLATES / f"common.toml{SUFFIX}", values)
    yield "tutorials/first_tour.py", _filled(tour, values)
    yield ".gitignore", IGNORED.format(out_dir=values["out_dir"])
    for template in () if is_there else starter.app_files(TEMPLATES, SUFFIX):
        yield template.name, _filled(template.path, values)


def _filled(template: Path, values: Values) -> str:
    # In TOML, a text in double quotes has the same escapes as in JSON, and a list is written alike.
    written = {name: json.dumps(value, ensure_ascii=False) for name, value in values.items()}
    inner = {
        name: text[1:-1] if isinstance(values[name], str) else text
        for name, text in written.items()
    }
    return PLACE.sub(lambda place: inner[place[1]], template.read_text(encoding="utf-8"))


def _python(folder: Path) -> str:
    """Return how the app's Python is called: that of an environment in `folder`, or the usual."""
    for name in ENVIRONMENTS:
        if (folder / name).exists():
            return name
    return "python" if shutil.which("python") else "python3"
