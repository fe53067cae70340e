"""The browser, the driver and the clock that a batch records with; the processors."""

from __future__ import annotations

import os
from pathlib import Path

from forge.model.records import Record
from forge.model.settings import Clock


class Machine(Record):
    """The parts of this machine that a recording depends on, looked up once before the batch.

    `browser` and `driver` are absolute paths of Chromium and its chromedriver. `clock` is the
    clock of the settings as far as this browser allows it: "auto" remains "auto" only where the
    virtual clock can be had, and each job then chooses (`forge.store.clock_fallback`).
    """

    browser: Path
    driver: Path
    clock: Clock

    def on(self, clock: Clock) -> Machine:
        """Return the same browser and driver with another clock."""
        return self.model_copy(update={"clock": clock})


def processors() -> int:
    """Return the number of processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1
