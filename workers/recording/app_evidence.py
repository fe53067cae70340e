"""What the servers of a slot have to do with a failure: have they ended, what did they print?"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from forge.adapters.contract import Slot
from forge.errors import ForgeError
from forge.store import private
from forge.store.paths import APP_LOG_FILE
from forge.text.redact import without_passwords
from forge.workers.recording.browser.documents import WrongPage

APP = "app"  # the name of a server that was given none
LONGEST_LOG = 200_000  # characters; of a longer one, the end is kept


def explain_by_app(error: BaseException, slot: Slot, shown: WrongPage | None) -> None:
    """Add to the hint of `error` that a server has ended, or what it printed.

    `shown`: what is wrong with the page that shows.
    """
    if not isinstance(error, ForgeError):
        return
    for name, server in slot.servers.items():
        code = server.running.exit_code
        if code is not None:
            what = "the app" if name == APP else f"the server {name!r}"
            error.add_hint(f"{what} has ended with exit code {code}; {server.running.tail()}")
        elif shown and shown.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            error.add_hint(server.running.tail())


def keep_app_log(slot: Slot, work_dir: Path, warn: Callable[[str], object]) -> list[str]:
    """Write what the slot's servers printed to `work_dir`; return the file's path in a list.

    The list is empty if they printed nothing. If the file cannot be written, that is a warning.
    """
    said = "".join(server.running.said() for server in slot.servers.values())
    if not said:
        return []
    path = work_dir / APP_LOG_FILE
    text = without_passwords(said[-LONGEST_LOG:])
    try:
        private.write(path, text.encode("utf-8", "replace"))
    except OSError as problem:
        warn(f"{APP_LOG_FILE} could not be kept: {problem}")
        return []
    return [str(path)]
