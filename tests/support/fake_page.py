"""A page with frames, and a browser that looks at it, without a browser."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

FRAMES = "iframe, frame"


class FakeElement:
    """An element, as far as Selenium describes it."""

    def __init__(
        self,
        tag: str,
        *,
        ident: str = "",
        role: str = "",
        name: str = "",
        text: str = "",
        shown: bool = True,
    ) -> None:
        self.tag_name, self.aria_role, self.accessible_name, self.text = tag, role, name, text
        self._id, self._shown = ident, shown

    def get_attribute(self, name: str) -> str:
        return self._id if name == "id" else ""

    def is_displayed(self) -> bool:
        return self._shown


class FakePage:
    """A document: its elements by the value of a locator, its frames, the answers of scripts."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.elements: dict[str, list[FakeElement]] = {}
        self.frames: list[FakePage] = []
        self.answers: dict[str, Any] = {}
        self._browser: Any = None

    def has(self, value: str, *elements: FakeElement) -> None:
        self.elements[value] = [*elements]

    @property
    def browser(self) -> Any:
        """A browser that looks at this page."""
        self._browser = self._browser or FakeBrowser(self)
        return self._browser


class FakeBrowser:
    """A browser. `at`: the document that commands are about; `scripts`: those that were run."""

    def __init__(self, page: FakePage) -> None:
        self.at, self.scripts = page, list[tuple[str, Any]]()
        self._above: list[FakePage] = []
        self.switch_to = SimpleNamespace(frame=self._enter, parent_frame=self._leave)

    def find_elements(self, by: str, value: str) -> list[Any]:
        if value == FRAMES:
            frames = self.at.frames
            return [SimpleNamespace(page=p, get_attribute=lambda _, p=p: p.name) for p in frames]
        return [*self.at.elements.get(value, ())]

    def execute_script(self, script: str, *given: Any) -> Any:
        self.scripts.append((script, given))
        return self.at.answers.get(script, [])

    def _enter(self, frame: Any) -> None:
        self._above.append(self.at)
        self.at = frame.page

    def _leave(self) -> None:
        self.at = self._above.pop()
