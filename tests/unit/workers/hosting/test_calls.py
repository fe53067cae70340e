"""What home asks a host: which files it lacks."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from forge.workers.hosting import calls


def test_files_that_are_damaged_are_missing_too(tmp_path: Path) -> None:
    digests = {}
    for name in ("whole.wav", "cut.wav", "never-sent.wav"):
        digests[name] = hashlib.sha256(name.encode()).hexdigest()
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "cut.wav").write_bytes(b"cut")
    (tmp_path / "never-sent.wav").unlink()
    lanes = SimpleNamespace(path=lambda name: tmp_path / name)
    host: Any = SimpleNamespace(lanes=lambda batch: lanes)
    assert asyncio.run(calls.missing(host, "b1", digests)) == ["cut.wav", "never-sent.wav"]
