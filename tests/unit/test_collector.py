"""The collector runs less often, and keeps its other thresholds."""

from __future__ import annotations

import gc

import pytest

from forge.cli import console
from forge.collector import NEW_OBJECTS


def test_the_command_line_collects_rarely(capsys: pytest.CaptureFixture[str]) -> None:
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    try:
        with pytest.raises(SystemExit):
            console(["--version"])
        assert gc.get_threshold() == (NEW_OBJECTS, 10, 10)
    finally:
        gc.set_threshold(*before)
