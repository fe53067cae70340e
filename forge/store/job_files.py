"""Read and write the records that a job keeps in its work dir.

Each reader raises OSError when the file is missing and ValueError when it is damaged.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel

from forge.model.speech import Speech
from forge.model.take import Take, Truth
from forge.model.timeline import Manifest
from forge.store import private
from forge.store.atomic import whole
from forge.store.paths import WorkDir
from forge.store.portable import located, portable
from forge.store.regular import read_regular


def read_speech(work_dir: Path) -> Speech:
    """Read the narration of a job."""
    files = WorkDir(work_dir)
    return located(Speech.model_validate_json(read_regular(files.speech)), files.project_dir)


def write_speech(speech: Speech, work_dir: Path) -> None:
    """Write the narration of a job."""
    files = WorkDir(work_dir)
    kept = portable(speech, files.project_dir)
    private.write(files.speech, kept.model_dump_json(indent=1).encode())


def read_take(work_dir: Path) -> Take:
    """Read the take of a job; its frames lie beside it."""
    return Take.model_validate_json(read_regular(WorkDir(work_dir).take))


def read_truth(work_dir: Path) -> Truth:
    """Read, of the take of a job, only what a result keeps: it has thousands of frames."""
    return Truth.model_validate_json(read_regular(WorkDir(work_dir).take))


def write_take(take: Take, work_dir: Path) -> None:
    """Write the take of a job beside its frames."""
    private.write(WorkDir(work_dir).take, take.model_dump_json(indent=1).encode())


def read_manifest(work_dir: Path) -> Manifest:
    """Read the time line of a job's video."""
    files = WorkDir(work_dir)
    return located(Manifest.model_validate_json(read_regular(files.manifest)), files.project_dir)


class _Length(BaseModel):
    total_ms: int


def read_length_ms(work_dir: Path) -> int:
    """Read, of the time line of a job's video, only its length (ms)."""
    return _Length.model_validate_json(read_regular(WorkDir(work_dir).manifest)).total_ms


def write_manifest(manifest: Manifest, work_dir: Path) -> None:
    """Write the time line of a job's video, whole or not at all."""
    files = WorkDir(work_dir)
    kept = portable(manifest, files.project_dir)
    with whole(files.manifest) as part:
        part.write_text(kept.model_dump_json(indent=1), encoding="utf-8")
