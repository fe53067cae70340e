"""A recorder and a browser without a browser, for what happens around the steps."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from types import SimpleNamespace
from typing import Any

from forge.workers.recording.browser.documents import WrongPage
from forge.workers.recording.recorder import Waited


class FakeRecorder:
    """A recorder that only answers. `shown`: what is wrong with the page that shows."""

    def __init__(self) -> None:
        self.shown: WrongPage | None = None
        self.silent: list[str] = []
        self.html: str | None = "<p>page</p>"
        self.hand: Any = SimpleNamespace(rest_on=lambda element: None)
        self.watch: Any = SimpleNamespace(
            wrong_page=lambda **_: None,
            evaluate=lambda *_: self.html,
            documents=self,
            dialog=False,
            catch_up=lambda: None,
        )

    def users_code(self) -> AbstractContextManager[None]:
        return nullcontext()

    def waited(self, began_s: float) -> Waited:
        return Waited(1.0, 2.0, ("GET http://app/slow for 2 s",))

    def unanswered(self) -> list[str]:
        return self.silent

    def console(self) -> list[str]:
        return ["log: http://user:secret@app/"]


class FakeBrowser:
    """A browser whose `find_element` and screenshot a test replaces."""

    def __init__(self) -> None:
        self.find_element: Callable[..., Any] = lambda *_: SimpleNamespace(id="one")
        self.visible: Callable[..., Any] = lambda *_: []
        self.nearest: Callable[..., Any] = lambda *_: ""
        self.get_screenshot_as_png: Callable[[], bytes] = lambda: b"png"

    def enter_frame_of(self, element: Any) -> None: ...
