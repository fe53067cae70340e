"""What an installed forge consists of: every file that the code reads is in the package."""

from __future__ import annotations

import tomllib

from tests.support.project import ROOT


def test_every_data_file_is_packaged() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    packaged = {
        path.resolve()
        for package, patterns in settings["package-data"].items()
        for pattern in patterns
        for path in (ROOT / package.replace(".", "/")).glob(pattern)
    }
    folders = (ROOT / "forge", ROOT / "workers", ROOT / "adapters")
    kept = {".js", ".css", ".html", ".sql", ".json", ".typed", ".toml", ".in"}
    found = {path for folder in folders for path in folder.rglob("*") if path.suffix in kept}
    found.add(ROOT / "forge" / "py.typed")
    assert len(found) > 20
    assert found - packaged == set()
