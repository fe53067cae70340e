"""The documents of a window: find those that are error pages and not the app's.

Requests for frames and scripts often fail, and that is no error. But if the window's own document
is an error page of the server or the browser, the video would show that instead of the app.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from forge.errors import RecordingError
from forge.workers.recording.browser.requests import LONGEST_ADDRESS, address_of

OWN = "chrome-error:"  # scheme of the browser's own page for a document that could not be loaded
#: The HTTP status of a document that is here already; 0 if it had none.
STATUS_SCRIPT = "performance.getEntriesByType('navigation')[0]?.responseStatus ?? 0"
CRASHED = "the page's process crashed"
NOT_LOADED_HINT = "is the app still running? Its own log, or the lane's, may say why it is not"
STATUS_HINT = (
    "the app's log may say why; if the step is to show this page: @tour.step(allow_error_page=True)"
)


@dataclass(frozen=True)
class WrongPage:
    """An error page that a window showed instead of a page of the app.

    `said`: what is wrong. `answered`: the app answered, with this `status` of 400 or more.
    """

    said: str
    hint: str = ""
    answered: bool = False
    status: int = 0
    crashed: bool = False

    def error(self, what: str = "") -> RecordingError:
        """Return the error for this page; `what` begins its message.

        It is transient: the next time the app may be back.
        """
        said = f"{what}: {self.said}" if what else self.said
        error = RecordingError(said, hint=self.hint, transient=True)
        error.any_clock = not self.crashed
        return error


class DocumentLog:
    """The documents of all windows of one recording: their loader ids, and the wrong pages."""

    def __init__(self) -> None:
        self.loaders: set[str] = set()
        self.wrong: list[WrongPage] = []


class Documents:
    """The documents of window `target`, by DevTools' events. Their ids are those of their loaders.

    `shown`: what is wrong with the document that shows now; None if nothing is.
    """

    def __init__(self, target: str, seen: DocumentLog) -> None:
        self._target, self._seen = target, seen
        self.shown: WrongPage | None = None
        self._statuses: dict[str, tuple[int, str]] = {}
        self._errors: dict[str, str] = {}

    def answered(self, params: dict[str, Any]) -> None:
        """`Network.responseReceived`."""
        if params.get("type") == "Document":
            response = params["response"]
            said = (response.get("status", 0), response.get("statusText", ""))
            self._statuses[params["requestId"]] = said

    def failed(self, params: dict[str, Any]) -> None:
        """`Network.loadingFailed`."""
        if params.get("type") == "Document":
            self._errors[params["requestId"]] = params.get("errorText", "")

    def came(self, frame: dict[str, Any]) -> None:
        """`Page.frameNavigated`: a document shows. There is no such event for downloads."""
        if frame["id"] != self._target:
            return
        loader = frame.get("loaderId", "")
        status, text = self._statuses.get(loader, (0, ""))
        self._show(frame, status, text, self._errors.get(loader, ""))
        self._statuses.clear()
        self._errors.clear()

    def found(self, frame: dict[str, Any], status: int) -> None:
        """Note a document that was there before its events could be received."""
        if frame.get("loaderId") not in self._seen.loaders:
            self._show(frame, status, "", "")

    def crashed(self, _: dict[str, Any]) -> None:
        """`Inspector.targetCrashed`."""
        self._keep(WrongPage(CRASHED, crashed=True))

    def take(self, *, allowed: bool = False) -> WrongPage | None:
        """Return the first wrong page of any window since the last call; None without one.

        `allowed`: the app may answer with an error page. Then return only the page that shows now,
        if it is wrong and did not come from the app.
        """
        wrong = list(self._seen.wrong)
        self._seen.wrong.clear()
        if allowed:
            return self.shown if self.shown and not self.shown.answered else None
        return wrong[0] if wrong else None

    def _show(self, frame: dict[str, Any], status: int, text: str, error: str) -> None:
        self.shown = None
        self._seen.loaders.add(frame.get("loaderId", ""))
        url, unreachable = frame.get("url", ""), frame.get("unreachableUrl")
        address, own = shortened(unreachable or url), bool(unreachable) or url.startswith(OWN)
        if status >= HTTPStatus.BAD_REQUEST:
            said = f"{address} answered {status} {text or reason(status)}".rstrip()
            self._keep(WrongPage(said, STATUS_HINT, answered=not own, status=status))
        elif own:
            said = f"{address} could not be loaded{f': {error}' if error else ''}"
            self._keep(WrongPage(said, NOT_LOADED_HINT))

    def _keep(self, wrong: WrongPage) -> None:
        self.shown = wrong
        self._seen.wrong.append(wrong)


def reason(status: int) -> str:
    """Return HTTP's phrase for a status, which HTTP/2 does not send."""
    return HTTPStatus(status).phrase if status in {known.value for known in HTTPStatus} else ""


def shortened(url: str) -> str:
    """Return a URL for messages: without user and password, query and fragment."""
    return (address_of(url) if urlsplit(url).netloc else url)[:LONGEST_ADDRESS]
