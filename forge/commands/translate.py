"""`forge translate`: exchange sentences with translators, and note what is translated."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from forge.commands.arguments import add_project, say, settings_of
from forge.errors import ProjectError, UsageError
from forge.model.settings import Settings
from forge.project.new_lines import NewLine
from forge.project.translated import Text, counted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_project(parser)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--export",
        type=Path,
        metavar="FILE",
        help="write all texts and their translations into a PO file; or, with the name of a folder,"
        " into a file for each language in it: es.po, fr.po",
    )
    what.add_argument(
        "--import",
        dest="import_from",
        type=Path,
        metavar="FILE",
        help="write the finished translations of a PO file, or of all PO files in a folder, into"
        " the side files; if an entry is wrong, nothing is written",
    )
    what.add_argument(
        "--accept",
        nargs="*",
        metavar="NAME",
        help="note that the side files translate today's sources (after you have written them by"
        " hand); NAME: only those of a tutorial (its id), or one line, such as"
        " getting-started/welcome",
    )
    parser.add_argument(
        "--lang",
        metavar="LANG[,LANG…]",
        help="the languages of the translations (default: languages in forge.toml; for --import"
        " what the file names)",
    )


def run(args: argparse.Namespace) -> int:
    """Write the files, and print their paths; return the exit code."""
    settings, console = settings_of(args), Console()
    if args.export is not None:
        _export(settings, args.export, console)
    elif args.import_from is not None:
        asked = settings.languages or () if args.lang else ()
        _import(settings, args.import_from, asked, console)
    else:
        _accept(settings, args.accept, console)
    return 0


def _export(settings: Settings, path: Path, console: Console) -> None:
    from forge.project.exchange import export_po, load_texts

    languages = _targets(settings)
    files = _files_to_write(path, languages)
    texts = load_texts(settings, languages)
    try:
        files[0].parent.mkdir(exist_ok=True)
    except OSError as problem:
        raise ProjectError(
            f"no folder {files[0].parent} can be made: {problem.strerror}"
        ) from problem
    for lang, file in zip(languages, files, strict=True):
        say(console, export_po(settings, texts, lang, file))


def _import(settings: Settings, path: Path, asked: Sequence[str], console: Console) -> None:
    from forge.project.exchange import read_translations

    found, texts = read_translations(settings, _files_to_read(path, asked), asked)
    for incoming in found:
        say(console, str(incoming))
    _write([line for incoming in found for line in incoming.lines], texts, console)
    known = settings.languages or ()
    if new := ",".join(one.lang for one in found if one.lines and one.lang not in known):
        say(
            console, f"`forge render --lang {new}` renders it: it is not in languages in forge.toml"
        )


def _accept(settings: Settings, names: Sequence[str], console: Console) -> None:
    from forge.project.exchange import load_texts
    from forge.project.new_lines import accepted

    texts = load_texts(settings, _targets(settings))
    _write(accepted(texts, names), texts, console)


def _write(lines: Sequence[NewLine], texts: Sequence[Text], console: Console) -> None:
    from forge.project.new_lines import write_side_files

    is_new = False
    for path, number in write_side_files(lines, texts):
        is_new = True
        say(console, f"{path}: {counted(number)} written")
    if not is_new:
        say(console, "the side files are as they were")


def _targets(settings: Settings) -> list[str]:
    """Return the languages to translate into, each once.

    Raises:
        UsageError: there are none.
    """
    named = dict.fromkeys(settings.languages or ())
    found = [lang for lang in named if lang != settings.source_language]
    if not found:
        raise UsageError(
            f"no language to translate into, from {settings.source_language!r}",
            hint="name it with --lang es, or set languages in forge.toml",
        )
    return found


def _files_to_write(path: Path, languages: Sequence[str]) -> list[Path]:
    """Return the path of the PO file for each language.

    Raises:
        UsageError: the name has another ending, or is one for several languages.
    """
    is_folder = path.is_dir() or not path.suffix
    if not is_folder and path.suffix != ".po":
        raise UsageError(
            f"{path}: forge writes PO files",
            hint=f"name {path.with_suffix('.po')}, or a folder",
        )
    if not is_folder and len(languages) > 1:
        raise UsageError(
            f"{path} is one file, and there are {len(languages)} languages: {', '.join(languages)}",
            hint=f"name a folder, such as {path.with_suffix('')}, or one language with --lang",
        )
    return [path / f"{lang}.po" for lang in languages] if is_folder else [path]


def _files_to_read(path: Path, asked: Sequence[str]) -> list[Path]:
    """Return the PO file at `path`, or those in that folder, only of the languages asked for.

    Raises:
        UsageError: there is none in the folder.
    """
    if not path.is_dir():
        return [path]
    found = [path / f"{lang}.po" for lang in asked] or sorted(path.glob("*.po"))
    if not found:
        raise UsageError(f"there is no PO file in the folder {path}")
    return found
