"""Projects that are rendered by the command, with a real browser."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.project import Project
from tests.support.tours import SMALL


@pytest.fixture
def make_project(tmp_path: Path) -> Callable[..., Project]:
    """Return `make_project(tutorial, settings)`: it makes a small, silent project."""

    def make(tutorial: str, settings: str = "", video: str = SMALL) -> Project:
        project = Project(tmp_path / "project")
        project.write("forge.toml", textwrap.dedent(settings) + textwrap.dedent(video))
        project.write("tutorials/tour.py", tutorial)
        return project

    return make
