"""Free space: a folder with too little is named."""

from __future__ import annotations

from pathlib import Path

from forge.model.settings import Limits, Settings
from forge.store.room import lack_of_room


def test_disk_that_is_full_is_named(tmp_path: Path) -> None:
    settings = Settings(project_dir=tmp_path)
    (tmp_path / "dist").mkdir()
    assert lack_of_room(settings) is None
    full = settings.model_copy(update={"limits": Limits(disk_mb=1e12)})
    lack = lack_of_room(full)
    assert lack is not None
    assert f"free in {tmp_path / 'dist'}, less than limits.disk_mb = 1e+12" in lack
