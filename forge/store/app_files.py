"""What a video depends on of an app that forge starts: its keys, and the files it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from forge.model.app_settings import App
from forge.model.settings import Settings

#: The keys of `[app]` that change nothing of what it shows.
NOT_SHOWN = {"timeout_s", "log", "ready", "parallel_safe", "localized"}


def of_app(settings: Settings, digest: Callable[[Path], str]) -> list[Any]:
    """Return the keys of `[app]` that decide what it shows, and the files that it is given.

    These are the files of `static` and `data`, and those that its commands name. `digest` returns
    the digest of a file.
    """
    keys = settings.app.model_dump(mode="json", exclude=NOT_SHOWN)
    paths = files_of_app(settings) | empty_folders_of(settings)
    return [keys, _digests(sorted(paths), settings.project_dir, digest)]


def of_class(given: Sequence[str], settings: Settings, digest: Callable[[Path], str]) -> list[Any]:
    """Return the names and digests of what is in `given`: files and folders of the project."""
    root = settings.project_dir
    return _digests(sorted(_given_by_class(given, settings)), root, digest)


def files_of_class(given: Sequence[str], settings: Settings) -> set[Path]:
    """Return the files in `given`: files and folders of the project."""
    return {path for path in _given_by_class(given, settings) if not path.is_dir()}


def _given_by_class(given: Sequence[str], settings: Settings) -> set[Path]:
    return set(_leaves_of((settings.project_dir / name for name in given), settings))


def _digests(paths: Sequence[Path], root: Path, digest: Callable[[Path], str]) -> list[Any]:
    """Return names and digests: of the files first, then of the empty folders."""
    folders = [path for path in paths if path.is_dir()]
    files = sorted(set(paths) - set(folders))
    return [
        *([_name_in(root, file), digest(file)] for file in files),
        *([f"{_name_in(root, folder)}/", ""] for folder in folders),
    ]


def files_of_app(settings: Settings) -> set[Path]:
    """Return the files that `[app]` gives to the app, and those that its commands name."""
    files = {path for path in _given_to(settings) if not path.is_dir()}
    return files | named_in_commands(settings.app, settings.project_dir)


def named_in_commands(app: App, root: Path) -> set[Path]:
    """Return the files of the project that words of the app's commands name."""
    cwd = root / (app.cwd or "")
    named = [cwd / word for word in (*app.command, *app.reset)]
    return {file for file in named if file.is_relative_to(root) and _is_file(file)}


def empty_folders_of(settings: Settings) -> set[Path]:
    """Return the folders without content in what `[app]` gives to the app."""
    return {path for path in _given_to(settings) if path.is_dir()}


def _given_to(settings: Settings) -> Iterator[Path]:
    app, root = settings.app, settings.project_dir
    given = (root / name for name in (app.static, app.data_path) if name)
    return _leaves_of(given, settings)


def _leaves_of(paths: Iterable[Path], settings: Settings) -> Iterator[Path]:
    """Yield the files and empty folders in `paths`, without what forge writes itself."""
    made = frozenset(path.resolve() for path in (settings.output_dir, settings.work_root))
    for path in paths:
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
