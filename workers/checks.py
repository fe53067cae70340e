"""Questions that the parent process asks before a batch: is what the workers need there?"""

from __future__ import annotations

from forge.errors import MachineError
from forge.model.machine import Machine
from forge.model.settings import Settings


def find_machine(settings: Settings) -> Machine:
    """Find browser and driver, and the clock that they allow.

    Raises:
        MachineError: a program is missing, or the virtual clock was asked for and cannot be had.
    """
    from forge.workers.recording.browser.chrome import find_browser, why_not_virtual

    found, clock = find_browser(settings.browser), settings.video.clock
    if clock in ("virtual", "auto"):
        why_not = why_not_virtual(found.binary)
        if why_not and clock == "virtual":
            raise MachineError(
                f"no virtual clock: {why_not}",
                hint='install chromium-headless-shell, or record with clock = "auto" or "elastic"',
            )
        clock = "elastic" if why_not else clock
    return Machine(browser=found.binary, driver=found.driver, clock=clock)


def clock_warnings(settings: Settings, machine: Machine) -> list[str]:
    """Return a warning if "auto" means the elastic clock on this machine."""
    from forge.workers.recording.browser.chrome import why_not_virtual

    if settings.video.clock != "auto" or machine.clock == "auto":
        return []
    why_not = why_not_virtual(machine.browser)
    return [f"recording on the elastic clock, not the virtual one: {why_not}"]
