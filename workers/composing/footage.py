"""What a video is made of."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from forge.model.take import Take
from forge.model.timeline import Manifest


class Footage(NamedTuple):
    """The take of job `name`, whose frames lie in `work_dir`, and the time line of its video."""

    name: str
    take: Take
    manifest: Manifest
    work_dir: Path
