"""The windows of one browser on virtual time: they share a process and so their time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from forge.workers.recording.virtual.windows.page import Upcoming, VirtualPage

RANKS = 7  # offsets of ticks within a millisecond; each new window gets the next


class Windows:
    """The windows that are watched. `page`: the one that is filmed and that commands go to.

    `connect(target, rank)` begins to watch a window.
    """

    def __init__(self, first: str, connect: Callable[[str, int], VirtualPage]) -> None:
        self._connect = connect
        self._opened = 0
        self.recording = False
        self._pages: dict[str, VirtualPage] = {}
        #: The window whose DevTools connection grants the time of all.
        self.page = self.master = self.attach(first)

    def __iter__(self) -> Iterator[VirtualPage]:
        return iter(list(self._pages.values()))

    def __len__(self) -> int:
        return len(self._pages)

    def attach(self, target: str) -> VirtualPage:
        """Return the window's page; begin to watch the window if it is new."""
        if target not in self._pages:
            page = self._pages[target] = self._connect(target, self._opened % RANKS)
            self._opened += 1
            if self.recording:
                page.requests.begin()
            else:  # a set-up is in no video, so the order of its responses need not be exact
                page.responses.hold_back(False)
        return self._pages[target]

    def begin(self) -> None:
        """Begin the recording: windows that open from now on belong to it."""
        self.recording = True

    def begin_requests(self) -> None:
        """From now on, count requests as the recording's, and let responses in one at a time."""
        for page in self:
            page.requests.begin()
            page.responses.hold_back(True)

    def hold_back_responses(self, really: bool) -> None:
        """Hold back responses until they are released, or release each when its turn comes."""
        for page in self:
            page.responses.hold_back(really)

    def adopt(self) -> list[VirtualPage]:
        """Watch the windows that were opened since the last call; return them in order."""
        # Not through the driver: it may be waiting for a command that waits for the page.
        targets = self.page.targets()
        return [self.attach(target) for target in targets if target not in self._pages]

    def show(self, target: str) -> None:
        """Film that window from now on."""
        self.page = self.attach(target)

    def detach(self) -> None:
        """Stop watching the filmed window, which was closed: time goes on in another one."""
        self._pages.pop(self.page.target, self.page).close()
        if self.page is self.master and self._pages:
            self.master = next(iter(self._pages.values()))
        self.page = self.master

    @property
    def awaiting(self) -> bool:
        """True while a navigation or a request is pending in any window."""
        return any(page.navigating or page.fetching for page in self)

    def upcoming(self) -> Upcoming:
        """Return what moves in the filmed window, and when the next timer of any window fires.

        A timer of the opener's may change the window that it opened.
        """
        own = self.page.upcoming()
        others = [page for page in self if page is not self.page and not page.dialog]
        due = [own.due_ms, *(page.upcoming().due_ms for page in others)]
        return own._replace(due_ms=min((at for at in due if at is not None), default=None))

    def close(self) -> None:
        """Stop watching all of them."""
        for page in self:
            page.close()
