"""The tutorial module that is made of a recording."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from forge.recordings.actions import Code, actions
from forge.recordings.events import Event, Recording
from forge.recordings.grouping import Group, group
from forge.recordings.source import call, docstring, origin_of, path_of, quoted
from forge.recordings.wording import escaped, page_name, sentence, shortened
from forge.text.redact import without_passwords
from forge.text.sanitize import clean
from forge.text.spaces import fold
from forge.tutorial import LONGEST_ID, slug

LONGEST_NAME = 40  # characters of a step's function
OPENS = """
# The page that the video begins with. Leave it out if your adapter opens the page.
START = {url}
"""
SETUP = """

@tour.setup
def start(browser):
    browser.get(START)
"""
OPENS_IN_APP = """
# The page of the app that the video begins with.
START = {url}
"""
SETUP_IN_APP = """

@tour.setup
def start(browser, ctx):
    browser.get(ctx.state.base_url + START)
"""


class ModuleText:
    """A tutorial module: its `text`, its `id`, and what could not be carried over (`lost`).

    `origin`: the file or page that was recorded. `start_page`: the path of the page that the
    project's `[app]` opens, None without `[app]`. Then the recorded pages are taken for the app's:
    a module that named their address would not find the app at its next port.
    """

    def __init__(
        self,
        recording: Recording,
        tutorial_id: str | None,
        origin: str,
        start_page: str | None = None,
    ) -> None:
        title = fold(clean(recording.title)) or "A recording"
        self.id = tutorial_id or slug(title)[:LONGEST_ID].strip("-") or "recording"
        self.lost: list[str] = []
        self._names: set[str] = set()
        groups = group([_safe(event) for event in recording.events])
        opened = _first_page(groups)
        self._start_page = start_page
        self._app = origin_of(opened.text) if opened and start_page is not None else ""
        self._code = Code(self.id.upper().replace("-", "_"), self._app)
        steps = self._start(opened, groups[0]) if opened else ""
        steps += "".join(map(self._step, groups[1:] if opened else groups))
        self.text = self._head(title, origin, opened) + steps

    def _head(self, title: str, origin: str, opened: Event | None) -> str:
        self._code.use("Tutorial")
        drafted = f"Drafted by forge from {fold(clean(origin))}. Rewrite its sentences."
        parts = [docstring(drafted, 0), "", *self._code.imports()]
        if opened and not self._is_open(opened):
            url = path_of(opened.text) if self._app else opened.text
            text = OPENS_IN_APP if self._app else OPENS
            parts += text.format(url=quoted(url)).rstrip().split("\n")
        made = call("tour = Tutorial(", [quoted(escaped(title)), f'id="{self.id}"'], indent=0)
        return "\n".join([*parts, "", made]) + "\n"

    def _start(self, opened: Event, first: Group) -> str:
        """Return the setup that opens the first page, and the step that shows it."""
        name = shortened(opened.title, LONGEST_NAME) or page_name(opened.text)
        setup = SETUP_IN_APP if self._app else SETUP
        if self._is_open(opened):
            setup = ""
        return setup + self._function("look", f"This is {name}.", first, first.events[1:])

    def _is_open(self, opened: Event) -> bool:
        """Return True if the app opens the first page itself."""
        return bool(self._app) and path_of(opened.text) == self._start_page

    def _step(self, one: Group) -> str:
        told = sentence(one)
        return self._function(told, told, one, one.events)

    def _function(self, name: str, told: str, one: Group, events: Iterable[Event]) -> str:
        self._code.uses_ctx = False
        body = [docstring(escaped(told)), *self._lost(one), *actions(events, self._code)]
        takes = "browser, ctx" if self._code.uses_ctx else "browser"
        head = f"\n\n@tour.step\ndef {self._name(name)}({takes}):\n"
        return head + "\n".join(body) + "\n"

    def _lost(self, one: Group) -> Iterator[str]:
        for what in dict.fromkeys(one.lost):
            text = fold(clean(without_passwords(what)))
            self.lost.append(text)
            yield f"    # Not carried over: {text}."

    def _name(self, told: str) -> str:
        """Return a function's name for a sentence, each only once."""
        words = re.sub(r"[^a-z0-9]+", "_", told.lower()).strip("_")
        if len(words) > LONGEST_NAME:
            words = words[:LONGEST_NAME].rpartition("_")[0] or words[:LONGEST_NAME]
        name = words if words and not words[0].isdigit() else "step"
        if name in dir(builtins):
            name = f"{name}_it"
        number, found = 2, name
        while found in self._names | self._code.names:
            found, number = f"{name}_{number}", number + 1
        self._names.add(found)
        return found


def _first_page(groups: list[Group]) -> Event | None:
    """Return the event that opens the first page, if the recording begins with it."""
    first = groups[0].events[:1] if groups else []
    return first[0] if first and first[0].kind == "open" else None


def _safe(event: Event) -> Event:
    """Return an event without a user's name and password in an address."""
    if event.kind != "open":
        return event
    return replace(event, text=without_passwords(clean(event.text)))
