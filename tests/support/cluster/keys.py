"""The one file of a cluster with TLS."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from forge.workers.hosting.link import KEY_COMMAND


def make_key(folder: Path) -> Path:
    """Make the file in `folder`, by the command that forge tells its users."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl")
    folder.mkdir(exist_ok=True)
    subprocess.run(KEY_COMMAND, shell=True, cwd=folder, check=True, capture_output=True)
    return folder / "forge.pem"
