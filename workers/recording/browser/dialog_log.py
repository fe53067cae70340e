"""The dialogs of a recording: what they say, when they open and close."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, get_args

from forge.model.widgets import Dialog, DialogEvent, DialogKind

KINDS = get_args(DialogKind)  # a `beforeunload` is answered by WebDriver, at once


class Stamped(NamedTuple):
    """A dialog that opened at `stamp`; None: the open one closed."""

    stamp: float
    dialog: Dialog | None


class Opened(NamedTuple):
    """The message of the open dialog, which opened at `stamp`."""

    stamp: float
    message: str


class DialogLog:
    """Notes the dialogs of all windows. `now` returns the stamp of an event, in the recorder's ms.

    Written by the DevTools threads, read by the recording thread.
    """

    def __init__(self) -> None:
        self.now: Callable[[], float] = lambda: 0.0
        self._events: list[Stamped] = []
        self._open: Stamped | None = None
        self._lock = threading.Lock()

    def opening(self, params: Mapping[str, Any]) -> None:
        """Note a `Page.javascriptDialogOpening`."""
        if (kind := params.get("type")) not in KINDS:
            return
        message, default = params.get("message", ""), params.get("defaultPrompt") or ""
        self._open = Stamped(self.now(), Dialog(kind=kind, message=message, default=default))
        self._add(self._open)

    def closed(self) -> None:
        """Note a `Page.javascriptDialogClosed`."""
        if self._open:
            self._add(Stamped(self.now(), None))
        self._open = None

    @property
    def opened(self) -> Opened | None:
        """The open dialog, None if there is none."""
        opened = self._open
        return Opened(opened.stamp, opened.dialog.message) if opened and opened.dialog else None

    def begin(self) -> None:
        """Forget the dialogs of the setup."""
        self.taken()

    def _add(self, event: Stamped) -> None:
        with self._lock:
            self._events.append(event)

    def taken(self, take_ms: Callable[[float], int] = round) -> tuple[DialogEvent, ...]:
        """Return the events since the last call; `take_ms` converts a stamp to the take's time."""
        with self._lock:
            events, self._events = self._events, []
        return tuple(DialogEvent(at_ms=take_ms(at), dialog=dialog) for at, dialog in events)
