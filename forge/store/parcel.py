"""The project of a batch as a parcel: one zip that other machines unpack.

The same files give the same bytes, so the SHA-256 of the zip names it, and a host that has it is
not sent it again. The project's folder is in the zip, because apps see its name (`slot.dir`).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from forge.errors import ProjectError, UsageError
from forge.model.records import Job
from forge.model.settings import Settings
from forge.store.app_files import empty_folders_of
from forge.store.atomic import whole
from forge.store.regular import open_regular
from forge.text.sanitize import is_clean_path

LARGEST_MB = 200
LARGEST_FOLDERS = 5  # the number that the message about a project that is too large names
EARLIEST = (1980, 1, 1, 0, 0, 0)  # a zip can hold no earlier time
#: Names of folders and files that are made again, or that belong to one machine.
LEFT_OUT = {
    *(".git", ".hg", ".svn", ".forge", ".venv", ".tox", ".nox", "__pycache__", "node_modules"),
    *(".cache", ".hypothesis", ".ipynb_checkpoints", ".mypy_cache", ".pytest_cache", ".ruff_cache"),
}
#: Files that mark the folder that they are in as a virtual environment, or as a cache
#: (https://bford.info/cachedir/).
MARKS = ("pyvenv.cfg", "CACHEDIR.TAG")
INSTALLED = {"site-packages", "dist-packages"}
SECRETS = ".env"  # names that begin so: .env, .env.local, .envrc


class Parcel(NamedTuple):
    """A packed project: its zip, the SHA-256 of the zip in hex, and its size in bytes."""

    path: Path
    sha256: str
    size: int


def pack(
    settings: Settings, jobs: Sequence[Job], folder: Path, *, without: Iterable[Path] = ()
) -> Parcel:
    """Pack the project into a zip in `folder`, which is named by its SHA-256.

    `.env*`, version control, `.forge`, the output folder, caches, virtual environments and the
    files `without` are left out. Files that `jobs` are made of are packed wherever they lie in the
    project, and so do the empty folders of the app's data.

    Raises:
        UsageError: a file that a job is made of lies outside of the project, may hold keys, or has
            a name that cannot be sent; or the project is larger than LARGEST_MB.
        ProjectError: a file cannot be read.
    """
    kept_back = {path.resolve() for path in without}
    try:
        files = _files(settings, kept_back) | dict(_needed(settings, jobs, kept_back))
        for path in empty_folders_of(settings):
            files[f"{inside(settings.project_dir, path, 'app.data').as_posix()}/"] = path
        _check(settings, files)
        top = settings.project_dir.name or "project"
        return _packed(folder, {f"{top}/{name}": path for name, path in files.items()})
    except OSError as problem:
        where = problem.filename or settings.project_dir
        why = problem.strerror or problem
        raise ProjectError(f"the project cannot be packed: {where}: {why}") from problem


def _files(settings: Settings, kept_back: set[Path]) -> dict[str, Path]:
    """Return the files and empty folders of the project that travel, by their names in it.

    The name of a folder ends with a slash.
    """
    root = settings.project_dir
    left_out = {settings.output_dir.resolve(), root.resolve(), *root.resolve().parents}
    return {
        f"{path.relative_to(root).as_posix()}{'/' * path.is_dir()}": path
        for path in _walk(root, left_out)
        if path.resolve() not in kept_back
    }


def _walk(folder: Path, left_out: set[Path]) -> Iterator[Path]:
    """Yield the regular files and empty folders below `folder`.

    Links are followed, but into no folder again. `left_out` are resolved folders to pass over.
    """
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    if not entries:
        yield folder
    for entry in entries:
        path = Path(entry.path)
        if entry.name in LEFT_OUT or _is_secret(path):
            continue
        if entry.is_file():
            yield path
        elif entry.is_dir() and not any((path / mark).is_file() for mark in MARKS):
            target = path.resolve()
            if target not in left_out:
                yield from _walk(path, {*left_out, target})


def _is_secret(path: Path) -> bool:
    """Return True if `path`, or the file that it leads to, may hold keys."""
    names = (path.name, path.resolve().name) if path.is_symlink() else (path.name,)
    return any(name.lower().startswith(SECRETS) for name in names)


def _needed(
    settings: Settings, jobs: Sequence[Job], kept_back: set[Path]
) -> Iterator[tuple[str, Path]]:
    """Yield the files that `jobs` are made of, each with its name in the project."""
    root = settings.project_dir
    for text in sorted({text for job in jobs for text in (job.tutorial_file, *job.sources)}):
        path = root / text
        if INSTALLED.intersection(path.parts) and not path.is_relative_to(root):
            continue  # of the package of an adapter, which hosts have to have (`workers.hello`)
        if _is_secret(path) or path.resolve() in kept_back:
            raise UsageError(
                f"the videos depend on {path}, which may hold keys and is not sent to hosts",
                hint="take it out of `watch`, of `app.data` and of what tutorials import",
            )
        yield inside(root, path, "a file that the videos depend on").as_posix(), path


def inside(project: Path, path: Path, what: str) -> Path:
    """Return `path` relative to the folder `project`.

    Raises:
        UsageError: it lies outside; `what` says which file it is.
    """
    for folder, file in (
        (project.absolute(), path.absolute()),
        (project.resolve(), path.resolve()),
    ):
        if file.is_relative_to(folder) and ".." not in file.relative_to(folder).parts:
            return file.relative_to(folder)
    raise UsageError(
        f"{what} lies outside of the project: {path}",
        hint="other hosts get the project's folder only: copy the file into it, or render without"
        " them",
    )


def _check(settings: Settings, files: Mapping[str, Path]) -> None:
    for name, path in files.items():
        if not is_clean_path(name):
            raise UsageError(
                f"the name of {path} is not UTF-8, or has control characters in it",
                hint="rename the file, so that it can be sent to other hosts",
            )
    sizes: Counter[str] = Counter()
    for name, path in files.items():
        if not name.endswith("/"):
            sizes["/".join(name.split("/")[:-1][:2]) or "."] += path.stat().st_size
    if (total_mb := sizes.total() / 2**20) > LARGEST_MB:
        largest = sizes.most_common(LARGEST_FOLDERS)
        shown = ", ".join(f"{folder} {size / 2**20:.0f} MB" for folder, size in largest)
        raise UsageError(
            f"the project {settings.project_dir} has {total_mb:.0f} MB of files, more than the"
            f" {LARGEST_MB} MB that are sent to other hosts: {shown}",
            hint="move what no tutorial needs out of the project; a folder with a file"
            " CACHEDIR.TAG in it is not sent",
        )


def _packed(folder: Path, files: Mapping[str, Path]) -> Parcel:
    draft = folder / "project.zip"
    with whole(draft) as part:
        _write(part, files)
    with draft.open("rb") as packed:
        digest = hashlib.file_digest(packed, "sha256").hexdigest()
    path = draft.replace(folder / f"{digest}.zip")
    return Parcel(path, digest, path.stat().st_size)


def _write(part: Path, files: Mapping[str, Path]) -> None:
    """Write the zip: names in order, fixed times, and of the modes whether a file is executable."""
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, path in sorted(files.items()):
            entry = zipfile.ZipInfo(name, EARLIEST)
            if entry.is_dir():
                entry.external_attr = (stat.S_IFDIR | 0o755) << 16
                packed.writestr(entry, b"")
                continue
            entry.compress_type = zipfile.ZIP_DEFLATED
            with open_regular(path) as source:
                status = os.fstat(source.fileno())
                mode = 0o755 if status.st_mode & stat.S_IXUSR else 0o644
                entry.external_attr = (stat.S_IFREG | mode) << 16
                entry.file_size = status.st_size  # zipfile decides by it whether it needs 64 bits
                with packed.open(entry, "w") as target:
                    shutil.copyfileobj(source, target)
