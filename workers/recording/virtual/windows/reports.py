"""Reports of forge's scripts from inside the page, through a DevTools binding."""

from __future__ import annotations

from typing import Any

from forge.workers.recording.virtual.windows.scripts import AT_THE_END, UNKNOWN


class PageReports:
    """The reports of one window's documents, each known by its execution context.

    They tell whether a task may fall due at the very end of a grant, and how many media elements
    are seeking. Handlers run on the DevTools thread.
    """

    def __init__(self) -> None:
        self._at_the_end = False
        self._unknown: set[int] = set()  # documents whose tasks may be due at any time
        self._seeking: dict[int, int] = {}  # media elements, by document

    def begin_grant(self) -> None:
        """Start watching for tasks that are due at the end of the coming grant."""
        self._at_the_end = False

    def response_ended(self) -> None:
        """Note that a whole response has come: the page's task that handles it is due at once."""
        self._at_the_end = True

    @property
    def may_be_due(self) -> bool:
        """True if a task may be due at the end of the grant."""
        return self._at_the_end or bool(self._unknown)

    @property
    def seeking(self) -> bool:
        """True while media elements seek: page time stands still for them."""
        return any(list(self._seeking.values()))

    def give_up_seeking(self) -> None:
        """Let page time go on although media elements still seek."""
        self._seeking.clear()

    def report(self, document: int, text: str) -> None:
        """Take a report: AT_THE_END, UNKNOWN, or how many media elements are seeking."""
        if text == AT_THE_END:
            self._at_the_end = True
            return
        # Tasks of media events are not counted, so any may be due in a document with media.
        self._unknown.add(document)
        if text != UNKNOWN:
            self._seeking[document] = int(text)

    def context_destroyed(self, params: dict[str, Any]) -> None:
        """`Runtime.executionContextDestroyed`."""
        self._seeking.pop(params["executionContextId"], None)
        self._unknown.discard(params["executionContextId"])

    def contexts_cleared(self, _: dict[str, Any]) -> None:
        """`Runtime.executionContextsCleared`."""
        self._seeking.clear()
        self._unknown.clear()
