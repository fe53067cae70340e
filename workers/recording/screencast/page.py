"""A page in real time: the frames of its screencast, its timers and animations."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from forge.errors import RecordingError
from forge.model.settings import Video
from forge.workers.recording.browser.page_watch import PROBE_S, PageWatch, World
from forge.workers.recording.frame_store import JPEG_QUALITY, FrameStore
from forge.workers.recording.javascript import load

REFRESH_S = 1.0
LONGEST_TIMER_MS = 2000
MOUSE_METHOD = "Input.dispatchMouseEvent"

#: Records timers of at most LONGEST_TIMER_MS. A clock face that ticks once a second is still most
#: of the time, and only its timer shows that it will change. Calls pass through to the page's own
#: functions unchanged.
TIMERS_SCRIPT = load(__name__, "timers").replace("LIMIT", str(LONGEST_TIMER_MS))

PROBE_SCRIPT = load(__name__, "probe")


class Page:
    """One page under watch, whose frames go to `store`.

    `clock_ms` converts a frame's own time (seconds since the epoch) to the take's milliseconds.
    """

    def __init__(
        self,
        target: str,
        video: Video,
        store: FrameStore,
        clock_ms: Callable[[float], int],
        world: World,
    ) -> None:
        self._store, self._clock_ms, self._video = store, clock_ms, video
        self._as_of_ms: int | None = None
        handlers = {"Page.screencastFrame": self._on_frame}
        self.watch = PageWatch(target, world, handlers)
        self._devtools = self.watch.devtools
        self.watch.enable(TIMERS_SCRIPT)
        self.watch.size(video.width, video.height)

    def refresh(self, as_of_ms: int | None = None) -> bool:
        """Request a frame of the page as it is now; return True if it shows anything new.

        Start the screencast if none runs. While two frames are unacknowledged, Chromium drops
        others, even the last one of a movement. So before a page counts as still, its frame is
        requested once more. That frame is dated `as_of_ms`, when the change must have happened.
        """
        kept = self._store.kept
        self._as_of_ms = as_of_ms
        seen = self._store.received
        self._devtools.raise_problem()
        # Chromium sends the current frame only when a screencast starts.
        self._devtools.call("Page.stopScreencast")
        self._start_screencast()
        self._store.wait_received(seen, REFRESH_S)
        self._as_of_ms = None
        self._devtools.raise_problem()
        return self._store.kept > kept

    def _start_screencast(self) -> None:
        width, height = self._video.pixels
        self._devtools.call(
            "Page.startScreencast",
            format="jpeg",
            quality=JPEG_QUALITY,
            maxWidth=width,
            maxHeight=height,
        )

    @property
    def target(self) -> str:
        """The window's handle."""
        return self.watch.target

    @property
    def fetching(self) -> bool:
        """True while a request is pending that will end: streams and sockets do not count."""
        self.watch.requests.give_up_overdue(float("inf"))
        return self.watch.requests.awaited

    def probe(self) -> tuple[bool, int]:
        """Return whether a finite animation runs, and the longest delay (ms) of a set timer."""
        found = self.watch.evaluate(PROBE_SCRIPT, PROBE_S)  # behind an alert there is no answer
        try:
            animations, timer_ms = found
        except TypeError:
            return False, 0  # between two documents, or behind an alert: the frames decide
        return animations > 0, int(timer_ms)

    def mouse(self, *events: dict[str, Any]) -> None:
        """Dispatch mouse events, one right after another.

        Return when the page has received the last, or has not answered in time: behind an alert
        it receives them when that is gone.

        Raises:
            RecordingError: the browser refuses.
        """
        try:
            sent = [self._devtools.send(MOUSE_METHOD, **event) for event in events]
            self._devtools.answer(sent[-1], MOUSE_METHOD, PROBE_S)
        except RecordingError:
            if not self._devtools.closed:  # the click closed the window
                raise
            return
        for number in sent:
            self._devtools.forget(number)

    def close(self) -> None:
        """Stop watching."""
        self.watch.close()

    def _on_frame(self, params: dict[str, Any]) -> None:
        self._devtools.send("Page.screencastFrameAck", sessionId=params["sessionId"])
        at_ms = self._as_of_ms
        if at_ms is None:
            at_ms = self._clock_ms(params["metadata"]["timestamp"])
        self._store.add(at_ms, base64.b64decode(params["data"]))
