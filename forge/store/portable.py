"""Paths in records: relative to the project where they are kept or sent, absolute in memory.

So a project's folder may be moved, or be copied to another machine, together with its `.forge`.
Files outside of the project keep their absolute paths, and older records have no others.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from forge.model.records import Attempt, Failure, Job, JobResult
from forge.model.speech import Speech, SpokenLine
from forge.model.timeline import Manifest, ManifestStep

R = TypeVar("R", Attempt, JobResult, Job, Speech, Manifest)
Change = Callable[[str], str]


def portable(record: R, project_dir: Path) -> R:
    """Return `record` with the paths of files in `project_dir` relative to it."""

    def inside(path: str) -> str:
        file = Path(path)
        in_it = file.is_relative_to(project_dir)
        return file.relative_to(project_dir).as_posix() if in_it else path

    return record.model_copy(update=_changed(record, inside))


def located(record: R, project_dir: Path) -> R:
    """Return `record` with absolute paths, for the project that is in `project_dir` now."""
    return record.model_copy(update=_changed(record, lambda path: str(project_dir / path)))


def _changed(record: object, change: Change) -> dict[str, Any]:
    """Return the fields of `record` that hold paths, each path after `change`."""
    match record:
        case Speech(lines=lines):
            return {"lines": tuple(_heard(line, change) for line in lines)}
        case Manifest(steps=steps):
            return {"steps": tuple(_heard(step, change) for step in steps)}
        case Job(tutorial_file=file, sources=sources):
            notes = {change(path): note for path, note in sources.items()}
            return {"tutorial_file": change(file), "sources": notes}
        case JobResult(log=log):
            return {"log": log and change(log), **_made(record, change)}
        case Attempt():
            return _made(record, change)
        case _:
            raise TypeError(type(record).__name__)


H = TypeVar("H", SpokenLine, ManifestStep)


def _heard(line: H, change: Change) -> H:
    file = line.audio_file
    return line.model_copy(update={"audio_file": change(file)}) if file else line


def _made(result: Attempt | JobResult, change: Change) -> dict[str, Any]:
    output, error = result.output, result.error
    return {"output": output and change(output), "error": error and _failed(error, change)}


def _failed(error: Failure, change: Change) -> Failure:
    artifacts = tuple(change(path) for path in error.artifacts)
    update = {"file": error.file and change(error.file), "artifacts": artifacts}
    return error.model_copy(update=update)
