"""What the errors of a recording become that come from no step."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from selenium.common.exceptions import WebDriverException

from forge.adapters.contract import Slot
from forge.errors import RecordingError
from forge.store.clock_fallback import would_fail_again
from forge.workers.recording.phase import Recording, RecordingTask
from tests.support.jobs import job


def test_a_browser_that_goes_away_outside_of_all_steps_is_no_fault_of_the_clock(
    tmp_path: Path,
) -> None:
    def gone() -> Any:
        raise WebDriverException("disconnected: not connected to DevTools")

    launch: Any = SimpleNamespace(browser=gone, end=lambda: None)
    nothing: Any = None
    slot = Slot(0, tmp_path)
    task = RecordingTask(job(), nothing, nothing, slot, nothing, tmp_path)
    with pytest.raises(RecordingError, match="disconnected: not connected to DevTools") as caught:
        Recording(task, launch, print).run(nothing, print)
    assert caught.value.transient and not would_fail_again(caught.value)
