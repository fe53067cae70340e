"""Pass the news of a batch on to several listeners."""

from __future__ import annotations

from forge.model.news import Listener, News
from forge.text.sanitize import clean


class Listeners:
    """Tells each listener in turn, in the order in which they were added.

    If a listener raises, the batch goes on; `problems` has a warning for it, by its class.
    """

    def __init__(self, *listeners: Listener) -> None:
        self.problems: dict[str, str] = {}
        self._listeners = [*listeners]

    def add(self, listener: Listener) -> None:
        """Tell `listener` too, after all others."""
        self._listeners.append(listener)

    def on(self, news: News) -> None:
        """Pass `news` on to every listener."""
        for listener in self._listeners:
            try:
                listener.on(news)
            except Exception as problem:
                name = type(listener).__name__
                why = f"{name} missed news of the batch: {type(problem).__name__}: {problem}"
                self.problems.setdefault(name, clean(why))
