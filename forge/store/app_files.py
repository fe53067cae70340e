"""What a video depends on of an app that `[app]` starts: its keys, and the files it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from forge.model.settings import Settings

#: The keys of `[app]` that change nothing of what it shows.
NOT_SHOWN = {"timeout_s", "log", "ready", "parallel_safe", "localized"}


def of_app(settings: Settings, digest: Callable[[Path], str]) -> list[Any]:
    """Return the keys of `[app]` that decide what it shows, and the files that it is given.

    These are the files of `static` and `data`, and those that its commands name. `digest` returns
    the digest of a file. Empty folders count, too.
    """
    root, files = settings.project_dir, sorted(files_of_app(settings))
    keys = settings.app.model_dump(mode="json", exclude=NOT_SHOWN)
    folders = [[f"{_name_in(root, folder)}/", ""] for folder in sorted(empty_folders_of(settings))]
    return [keys, [*([_name_in(root, file), digest(file)] for file in files), *folders]]


def files_of_app(settings: Settings) -> set[Path]:
    """Return the files that `[app]` gives to the app, and those that its commands name."""
    app, root = settings.app, settings.project_dir
    cwd = root / (app.cwd or "")
    named = [cwd / word for word in (*app.command, *app.reset)]
    files = {path for path in _given_to(settings) if not path.is_dir()}
    return files | {file for file in named if file.is_relative_to(root) and _is_file(file)}


def empty_folders_of(settings: Settings) -> set[Path]:
    """Return the folders without content in what `[app]` gives to the app."""
    return {path for path in _given_to(settings) if path.is_dir()}


def _given_to(settings: Settings) -> Iterator[Path]:
    app, root = settings.app, settings.project_dir
    made = frozenset(path.resolve() for path in (settings.output_dir, settings.work_root))
    for path in [root / name for name in (app.static, app.data_path) if name]:
        yield from _leaves_in(path, made)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False  # a word of a command may be longer than any name


def _leaves_in(path: Path, without: frozenset[Path]) -> Iterator[Path]:
    """Yield `path` or, if it is a folder, all files and empty folders in it.

    Links are followed, in no circle. `without` are resolved folders to pass over.
    """
    if not path.is_dir():
        yield path
    elif (real := path.resolve()) not in without:
        entries = [*path.iterdir()]
        if not entries:
            yield path
        for entry in entries:
            yield from _leaves_in(entry, without | {real})


def _name_in(root: Path, file: Path) -> str:
    return str(file.relative_to(root)) if file.is_relative_to(root) else str(file)
