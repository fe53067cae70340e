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

from forge.locators import Locator, is_locator, wording
from forge.store import private
from forge.tutorial import Tutorial
from forge.workers.prompt.outlines import Outlines
from forge.workers.recording.browser.chrome import WatchedChrome
from forge.workers.recording.browser.lookup import Description
from forge.workers.recording.phase import Session
from forge.workers.recording.user_code import message_of

TRY = "try_"  # `try` itself is a keyword; the prompt takes it at the beginning of a line


class Tools:
    """The functions of the prompt: they print what they find to `console`.

    `picture`: the file that `show` writes by default.
    """

    def __init__(self, browser: WatchedChrome, console: Console, picture: Path) -> None:
        self._browser, self._console, self._picture = browser, console, picture
        self._outlines = Outlines(browser)

    def try_(self, locator: Locator) -> None:
        """Outline what `locator` matches on the page, and list it; if it matches nothing, name
        the elements that are most like it."""
        if not is_locator(locator):
            self._print('a locator is button("Save"), or a pair such as (By.ID, "save")')
            return
        wanted = wording(locator)
        try:
            found = self._browser.described(locator)
            self._outlines.show(self._browser.find_elements(*locator))
            if found:
                self._print(f"{_count(found)} {wanted}")
                self._console.print(_table(found))
            else:
                near = self._browser.nearest(locator) or "nothing on the page is like it"
                self._print(f"nothing matches {wanted}; {near}")
        except WebDriverException as problem:
            self._print(f"{wanted}: {message_of(problem)}")

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


def _count(found: Sequence[Description]) -> str:
    return "1 match of" if len(found) == 1 else f"{len(found)} matches of"


def _table(found: Sequence[Description]) -> Table:
    """Return a line for each element; `in` leads to its frame and its shadow root."""
    rows = [
        (
            str(one["where"]),
            str(one["role"]),
            str(one["name"]),
            str(one["text"]),
            f"no: {one['hidden']}" if one["hidden"] else "yes",
            " > ".join(map(str, (*one["frames"], *one["hosts"]))),
        )
        for one in found
    ]
    columns = ["element", "role", "name", "text", "visible"]
    table = Table(*columns, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    nested = any(row[-1] for row in rows)
    if nested:
        table.add_column("in")
    for row in rows:
        table.add_row(*map(Text, row if nested else row[:-1]))
    return table
