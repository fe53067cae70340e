"""The browser that a recording drives."""

from __future__ import annotations

from dataclasses import dataclass

from forge.workers.background import CpuGate
from forge.workers.recording.virtual.page_time.quiescence import Quiescence
from forge.workers.recording.virtual.page_time.stalls import StallWatch
from forge.workers.recording.virtual.windows.windows import Windows


@dataclass(frozen=True, slots=True)
class BrowserControl:
    """A browser's windows, and the means to see if it works, waits or has stalled.

    `cpu_gate` blocks encoding in this process while the browser works, which encoding would slow
    down.
    """

    windows: Windows
    quiescence: Quiescence
    stalls: StallWatch
    cpu_gate: CpuGate
