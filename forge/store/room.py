"""Free space in the folders that a render writes into."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from forge.model.settings import Settings


def lack_of_room(settings: Settings) -> str | None:
    """Return a sentence about a folder with too little free space, or None.

    Looks at the output folder, `.forge` and the temporary folder.
    """
    for folder in (settings.output_dir, settings.work_root, Path(tempfile.gettempdir())):
        with suppress(OSError):  # the first write into the folder reports the error better
            free_mb = shutil.disk_usage(folder).free / 2**20
            if free_mb < settings.limits.disk_mb:
                return (
                    f"only {free_mb:.0f} MB are free in {folder},"
                    f" less than limits.disk_mb = {settings.limits.disk_mb:g}"
                )
    return None
