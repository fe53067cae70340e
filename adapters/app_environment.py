"""The environment variables of an app: folders of its own, a fixed date, a seed."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forge.adapters.place import Place

HOME = "home"
#: The folders of an app by their variables (XDG Base Directory Specification), below its home.
FOLDERS = {
    "HOME": "",
    "XDG_CONFIG_HOME": ".config",
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
    "XDG_CACHE_HOME": ".cache",
    "XDG_RUNTIME_DIR": ".run",
}
TEMPORARY = "TMPDIR"
#: Where libfaketime is, by its package.
FAKETIME = ("libfaketime.so.1", "libfaketimeMT.so.1")
FAKETIME_FOLDERS = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/opt/homebrew/lib")


def environment(slot: Place, own: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for an app of `slot`: those of this process, its folders, and `own`.

    Its home is an empty folder in the slot, unless `own` names another HOME.
    """
    variables = dict(os.environ)
    temporary = slot.dir / "tmp"
    temporary.mkdir(exist_ok=True)
    variables[TEMPORARY] = str(temporary)
    # Last, so that an environment that is active wins: an app in the environment of forge itself is
    # found though forge was started by its path.
    variables["PATH"] = path_of(own)
    if "HOME" not in own:
        variables |= _home(slot.dir / HOME, variables.get("HOME"))
    return variables | dict(own)


def path_of(own: Mapping[str, str]) -> str:
    """Return the PATH of an app with the variables `own`."""
    usual = os.environ.get("PATH", os.defpath)
    return own.get("PATH") or os.pathsep.join((usual, str(Path(sys.executable).parent)))


def _home(folder: Path, users: str | None) -> dict[str, str]:
    folders = {name: folder / below for name, below in FOLDERS.items()}
    for path in folders.values():
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = {name: str(path) for name, path in folders.items()}
    if users and "PYTHONUSERBASE" not in os.environ:
        # Packages that `pip install --user` has put there are part of the app, not of its data.
        found["PYTHONUSERBASE"] = str(Path(users) / ".local")
    return found


def fixed(date: datetime | None, seed: int | None, now: datetime) -> dict[str, str]:
    """Return the variables that fix the date of an app that starts at `now`, and its seed."""
    found: dict[str, str] = {}
    if seed is not None:
        found |= {"FORGE_SEED": str(seed), "PYTHONHASHSEED": str(seed)}
    if date is not None and (library := find_faketime()):
        # An offset, not a date: else the clock of each process that the app starts would begin
        # there. Timers keep the real clock.
        offset_s = (date.astimezone() - now).total_seconds()
        found |= {
            "LD_PRELOAD": str(library),
            "FAKETIME": f"{offset_s:+.3f}",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
    return found


def find_faketime() -> Path | None:
    """Return the path of libfaketime, if it is installed."""
    for folder in FAKETIME_FOLDERS:
        for name in FAKETIME:
            for path in (*Path(folder).glob(name), *Path(folder).glob(f"*/faketime/{name}")):
                return path
    return None
