"""Fixtures for the tests of the virtual recorder."""

from __future__ import annotations

import pytest

from tests.support.fake_devtools import ScriptedBrowser


@pytest.fixture
def browser() -> ScriptedBrowser:
    """A browser whose recording has begun; the fake has noted no grants yet."""
    made = ScriptedBrowser()
    made.clock.begin()
    made.devtools.grants.clear()
    return made
