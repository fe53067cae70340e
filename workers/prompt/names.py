"""The names that the prompt of `forge open` offers."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome

from forge.store import private
from forge.tutorial import Tutorial
from forge.workers.prompt.matches import Locator, Match, matches, nearest
from forge.workers.recording.phase import Session
from forge.workers.recording.user_code import message_of

TRY = "try_"  # `try` itself is a keyword; the prompt takes it at the beginning of a line


class Tools:
    """The functions of the prompt: they print what they find to `console`.

    `picture`: the file that `show` writes by default.
    """

    def __init__(self, browser: Chrome, console: Console, picture: Path) -> None:
        self._browser, self._console, self._picture = browser, console, picture

    def try_(self, locator: Locator) -> None:
        """Outline what `locator` matches on the page, and list it; if it matches nothing, list
        the elements that are most like it."""
        if not (isinstance(locator, tuple) and len(locator) == 2):
            self._print('a locator is a pair: try (By.ID, "save")')
            return
        try:
            if found := matches(self._browser, locator):
                self._print(f"{_count(found)} {locator}")
                self._console.print(_table(found))
            elif near := nearest(self._browser, locator):
                self._print(f"nothing matches {locator}; the nearest elements:")
                self._console.print(_table(near))
            else:
                self._print(f"nothing matches {locator}, and nothing on the page is like it")
        except WebDriverException as problem:
            self._print(f"{locator}: {message_of(problem)}")

    def show(self, path: str | Path | None = None) -> None:
        """Write a PNG of the page as it is now, with the outlines, and print its path."""
        file = Path(path).absolute() if path else self._picture
        private.write(file, self._browser.get_screenshot_as_png())
        self._print(f"{file}")

    def _print(self, text: str) -> None:
        self._console.print(Text(text), soft_wrap=True)


def names_of(session: Session, tutorial: Tutorial, tools: Tools) -> dict[str, Any]:
    """Return what the prompt offers: `browser`, `ctx`, all of `forge`, the tutorial's own names."""
    module = tutorial.steps[0].run.__globals__ if tutorial.steps else {}
    public = import_module("forge")  # for users, as in their tutorials: no room may depend on it
    return {
        **{name: value for name, value in module.items() if not name.startswith("__")},
        **{name: getattr(public, name) for name in public.__all__ if not name.startswith("__")},
        "browser": session.browser,
        "ctx": session.context,
        TRY: tools.try_,
        "show": tools.show,
    }


def _count(found: Sequence[Match]) -> str:
    return "1 match of" if len(found) == 1 else f"{len(found)} matches of"


def _table(found: Sequence[Match]) -> Table:
    framed = any(match.frame for match in found)
    columns = ("tag", "id", "role", "name", "text", "visible", *(["frame"] if framed else []))
    table = Table(*columns, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for match in found:
        visible = "yes" if match.visible else "no"
        cells = (match.tag, match.id, match.role, match.name, match.text, visible)
        table.add_row(*map(Text, (*cells, match.frame) if framed else cells))
    return table
