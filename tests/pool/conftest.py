"""A pool for each test, and the check that it leaves nothing behind."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.pool.harness import Pool
from tests.support.processes import MARK


@pytest.fixture
def pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    """Give a `Pool`; fail if it leaves a process or a temporary file."""
    mark = uuid.uuid4().hex
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv(MARK, mark)
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    pool = Pool(tmp_path, temporary, mark)
    yield pool
    pool.close()
    assert pool.left() == []
    assert list(temporary.iterdir()) == []
