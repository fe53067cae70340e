"""Where the programs of real apps are: installed on first use into a cache."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.apps import HOME, with_npm, with_pip

Installed = Callable[[str], Path]


@pytest.fixture
def installed() -> Installed:
    """Return a function that installs an app, and returns the folder of its programs."""

    def install(app: str) -> Path:
        if app == "node-red":
            return with_npm(HOME / "js", [app])
        return with_pip(HOME / app, [app])

    return install
