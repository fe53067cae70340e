"""Real apps, installed by pip or npm into a cache folder outside of the repository."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HOME = Path(os.environ.get("FORGE_TEST_APPS") or Path.home() / ".cache" / "forge-test-apps")


def with_pip(folder: Path, packages: Sequence[str]) -> Path:
    """Install `packages` into a virtual environment, unless it is there; return its `bin`."""
    done = folder / "installed"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(folder / "bin" / "pip"), "install", "--quiet", *packages], check=True)
        done.touch()
    return folder / "bin"


def with_npm(folder: Path, packages: Sequence[str]) -> Path:
    """Install `packages`, unless they are there; return the folder of their programs.

    A package may have a version: `name@1.2.3`.
    """
    modules = folder / "node_modules"
    names = [package[:1] + package[1:].partition("@")[0] for package in packages]
    if not all((modules / name).exists() for name in names):
        folder.mkdir(parents=True, exist_ok=True)
        npm = ["npm", "install", "--prefix", str(folder), "--no-fund", "--no-audit"]
        subprocess.run([*npm, *packages], check=True)
    return modules / ".bin"
