"""Read and write the records that a job keeps in its work dir.

Each reader raises OSError when the file is missing and ValueError when it is damaged.
"""

from __future__ import annotations

from pathlib import Path

from forge.model.speech import Speech
from forge.model.take import Take
from forge.model.timeline import Manifest
from forge.store import private
from forge.store.atomic import whole
from forge.store.paths import WorkDir
from forge.store.regular import read_regular


def read_speech(work_dir: Path) -> Speech:
    """Read the narration of a job."""
    return Speech.model_validate_json(read_regular(WorkDir(work_dir).speech))


def write_speech(speech: Speech, work_dir: Path) -> None:
    """Write the narration of a job."""
    private.write(WorkDir(work_dir).speech, speech.model_dump_json(indent=1).encode())


def read_take(work_dir: Path) -> Take:
    """Read the take of a job; its frames lie beside it."""
    return Take.model_validate_json(read_regular(WorkDir(work_dir).take))


def write_take(take: Take, work_dir: Path) -> None:
    """Write the take of a job beside its frames."""
    private.write(WorkDir(work_dir).take, take.model_dump_json(indent=1).encode())


def read_manifest(work_dir: Path) -> Manifest:
    """Read the time line of a job's video."""
    return Manifest.model_validate_json(read_regular(WorkDir(work_dir).manifest))


def write_manifest(manifest: Manifest, work_dir: Path) -> None:
    """Write the time line of a job's video, whole or not at all."""
    with whole(WorkDir(work_dir).manifest) as part:
        part.write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
