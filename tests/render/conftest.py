"""Projects that are rendered by the command, with a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.project import Project
from tests.support.tours import SMALL, write_project


@pytest.fixture
def make_project(tmp_path: Path) -> Callable[..., Project]:
    """Return `make_project(tutorial, settings)`: it makes a small, silent project."""

    def make(tutorial: str, settings: str = "", video: str = SMALL) -> Project:
        return write_project(tmp_path / "project", tutorial, settings, video)

    return make
