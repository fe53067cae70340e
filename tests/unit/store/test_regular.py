"""Reading files that may be fifos or devices by now."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from forge.store.regular import open_regular, read_regular


def test_regular_file_is_read_also_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 100_000)
    (tmp_path / "link").symlink_to(tmp_path / "file")
    assert read_regular(tmp_path / "file") == read_regular(tmp_path / "link") == b"x" * 100_000


def test_fifo_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    before = psutil.Process().num_fds()
    with pytest.raises(OSError, match="not a regular file"):
        open_regular(tmp_path / "fifo")
    assert psutil.Process().num_fds() == before
