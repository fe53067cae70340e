"""Finding Chromium and chromedriver on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from forge.errors import MachineError
from forge.model.settings import Browser

#: In order of preference: the headless shell starts in half the time and memory of a full
#: Chromium, and draws the same pixels. Debian's own path comes before the PATH, where Debian has a
#: shell script that does not `exec`: chromedriver would end the script but not the browser.
BINARIES = (
    "/usr/lib/chromium/chromium-headless-shell",
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
)
#: Those that can show a window; the first is Debian's own path, as above.
WINDOWED = ("/usr/lib/chromium/chromium", "chromium", "chromium-browser", "google-chrome")
DRIVERS = ("chromedriver", "/usr/lib/chromium/chromedriver", "chromium.chromedriver")
INSTALL_HINT = (
    "install them: `apt-get install chromium chromium-driver chromium-headless-shell`,"
    " or name them in [browser] binary and driver"
)
VERSION_TIMEOUT_S = 20


class Programs(NamedTuple):
    """The absolute paths of Chromium and its chromedriver."""

    binary: Path
    driver: Path


def find_browser(wanted: Browser) -> Programs:
    """Find the programs that `wanted` names, or those of this machine.

    Raises:
        MachineError: one of them is not there.
    """
    return Programs(
        _find(wanted.binary, BINARIES, "Chromium"), _find(wanted.driver, DRIVERS, "chromedriver")
    )


def find_windowed(wanted: Browser) -> Path | None:
    """Return a Chromium that can show a window on a screen of this machine; None if there is none.

    That is the one that `wanted` names, if it is no headless shell.
    """
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return None
    if wanted.binary and "headless" not in wanted.binary.name:
        return _find(wanted.binary, (), "Chromium")
    return next((Path(found) for name in WINDOWED if (found := shutil.which(name))), None)


def _find(wanted: Path | None, names: tuple[str, ...], what: str) -> Path:
    for name in (str(wanted),) if wanted else names:
        if found := shutil.which(name):
            return Path(found).absolute()
    where = f"at {wanted}" if wanted else "on this machine"
    raise MachineError(f"no {what} {where}", hint=INSTALL_HINT)


def why_not_virtual(binary: Path) -> str | None:
    """Return why this browser cannot be recorded on the virtual clock; None if it can."""
    if sys.platform != "linux":
        return "it needs Linux"
    if "headless" not in binary.name:
        return f"{binary.name} is not chrome-headless-shell, which the virtual clock requires"
    if not Path(f"/proc/self/task/{os.getpid()}/children").exists():
        return "this kernel does not list a process's children in /proc"
    return None


def version_of(program: Path) -> str:
    """Return the name and version of a browser or driver, as it says itself, or why it does not."""
    command = [str(program), "--version"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=VERSION_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        return f"does not run: {problem}"
    return " ".join(done.stdout.split()[:3]) or f"exit {done.returncode}"
