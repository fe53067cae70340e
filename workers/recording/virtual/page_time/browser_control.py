"""The browser that a recording drives."""

from __future__ import annotations

from dataclasses import dataclass

from forge.workers.background import CpuGate
from forge.workers.recording.virtual.page_time.quiescence import Quiescence
from forge.workers.recording.virtual.page_time.stalls import StallWatch
from forge.workers.recording.virtual.windows.windows import Windows


@dataclass(frozen=True, slots=True)
class BrowserControl:
    """A browser's windows, and what tells whether it works, waits or has stalled.

    `gate`: shut while the browser works, so that encoding beside it does not slow it down.
    """

    windows: Windows
    quiescence: Quiescence
    stalls: StallWatch
    gate: CpuGate
