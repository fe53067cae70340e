"""Errors of users' code (adapters, setups, steps): their place, and if another try may succeed."""

from __future__ import annotations

import re
import traceback
from pathlib import Path
from typing import Any

from selenium.common.exceptions import WebDriverException
from urllib3.exceptions import HTTPError

from forge.adapters import contract
from forge.adapters.contract import Adapter, Slot
from forge.errors import ClockError, ForgeError, RecordingError, RenderError
from forge.project.load_module import hint_of_relative
from forge.text.sanitize import message_of as full_message_of

#: What chromedriver and Selenium append to a message.
FOOTER = re.compile(r"\n  \(Session info|; For documentation on this error")


def message_of(error: BaseException) -> str:
    """Return an error's message, without Selenium's native stack trace or forge's own hint."""
    if isinstance(error, ForgeError):
        return error.message
    if isinstance(error, WebDriverException):
        return FOOTER.split((error.msg or type(error).__name__).strip())[0]
    return full_message_of(error)


def explain(
    error: BaseException,
    what: str,
    place: tuple[str, int] | None,
    step: str | None = None,
    said: str | None = None,
) -> RecordingError:
    """Return the error of a user's function as a `RecordingError` with step, file and line.

    `what` begins the message, and may be empty. `place`: file and line of the function, None for
    an adapter. `said`: the message, if it is not the error's own. The line is the innermost one in
    the user's file (for an adapter: of the innermost frame outside Selenium, forge and the standard
    library), else the function's.
    """
    file, line = place or (None, None)
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == file or (place is None and _is_users(frame.filename)):
            file, line = frame.filename, frame.lineno
    said = said or message_of(error)
    transient = error.transient if isinstance(error, RenderError) else _may_pass(error, said)
    text = said if isinstance(error, ForgeError) else f"{type(error).__name__}: {said}".rstrip(": ")
    kind = ClockError if isinstance(error, ClockError) else RecordingError
    return kind(
        f"{what}: {text}" if what else text,
        hint=error.hint if isinstance(error, ForgeError) else hint_of_relative(error),
        transient=transient,
        step=step,
        file=file,
        line=line,
    )


#: Messages of Selenium and chromedriver for a browser, network or page that has gone away.
GONE = re.compile(
    r"net::ERR_|disconnected|not reachable|tab crashed|session deleted|invalid session id"
    r"|unable to connect to renderer|aborted by navigation|DevToolsActivePort",
    re.IGNORECASE,
)


def _may_pass(error: BaseException, said: str) -> bool:
    """Return True if browser or network failed, so that another try may succeed."""
    # urllib3's error: the driver itself no longer answers.
    return isinstance(error, ConnectionError | HTTPError) or (
        isinstance(error, WebDriverException) and GONE.search(said) is not None
    )


_HERE = str(Path(__file__).parent)
#: The classes that `[app]` stands for, and what adapters call; not the demo app in a folder below.
_ADAPTERS = Path(contract.__file__).parent


_STANDARD = str(Path(traceback.__file__).parent)


def _is_users(filename: str) -> bool:
    if "/selenium/" in filename or filename.startswith(_HERE) or "<" in filename:
        return False
    if filename.startswith(_STANDARD) and "-packages/" not in filename:
        return False
    return Path(filename).parent != _ADAPTERS


def start_adapter(kind: type[Adapter], slot: Slot) -> Adapter:
    """Create the adapter and start it for `slot`.

    Raises:
        RecordingError: its constructor or `start` failed.
    """
    adapter: Any = None
    try:
        adapter = kind()
        adapter.start(slot)
    except (Exception, SystemExit, KeyboardInterrupt) as error:
        if adapter is not None:
            try:
                adapter.stop()
            except Exception:
                traceback.print_exc()
        slot.end_servers()
        raise explain(error, "the adapter did not start", None) from error
    started: Adapter = adapter
    return started
