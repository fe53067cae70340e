"""What a person does in a browser, as the page tells it (`workers/tracking/js/track.js`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from forge.recordings.events import Event, Recording, Target, Way
from forge.recordings.ways import by_css, role_of, target_of

DONE = ("click", "double", "context", "key", "enter")
KINDS = (*DONE, "scroll", "lost", "answer")
SOON_S = 3.0  # a page that comes without a link's trace, but within this time, comes of the action
BLANK = ("about:blank", "chrome://newtab/")


class LiveRecording:
    """The events of a recording that goes on. `add` returns True if the recording has changed."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._at_s = 0.0  # when the last action was done

    @property
    def recording(self) -> Recording:
        """Return everything so far. The title is that of the first page."""
        first = next((event.title for event in self._events if event.title), "")
        return Recording(first or "A recording", tuple(self._events))

    def add(self, said: Mapping[str, Any]) -> bool:
        """Add what the page tells; text in the same field replaces the one before."""
        kind = str(said.get("kind"))
        if kind == "page":
            return self._came(said)
        if kind not in KINDS:
            return False
        event, self._at_s = _event(said), float(said.get("at_s", 0))
        last = self._events[-1] if self._events else None
        typed_on = last is not None and last.kind == event.kind == "enter"
        if last is not None and typed_on and last.target == event.target:
            self._events.pop()
        self._events.append(event)
        return True

    def _came(self, said: Mapping[str, Any]) -> bool:
        """Note a page that came: by what was done before, or by its address."""
        url, title = str(said.get("text")), str(said.get("title", ""))
        if url in BLANK:
            return False
        last = self._events[-1] if self._events else None
        traced = said.get("referred") or float(said.get("at_s", 0)) - self._at_s < SOON_S
        if said.get("how") == "navigate" and last and last.kind in DONE and traced:
            if not last.leads:
                self._events[-1] = replace(last, leads=True, title=title)
        else:
            self._events.append(Event("open", text=url, title=title))
        return True


def _event(said: Mapping[str, Any]) -> Event:
    target = _target(said) if "css" in said else None
    count = said.get("count")
    return Event(
        said["kind"],
        target,
        str(said.get("text", "")),
        title=str(said.get("title", "")) if said["kind"] == "answer" else "",
        count=int(count) if count is not None else None,
    )


def _target(said: Mapping[str, Any]) -> Target:
    """Return the element. Its name serves as a locator only if no other element has it."""
    hosts = tuple(map(str, said.get("hosts", ())))
    css, name = str(said["css"]), str(said.get("name", ""))
    ways = [by_css(css, hosts)]
    if said.get("shown"):
        ways.append(Way("whole", str(said["shown"])))
    role = role_of(str(said.get("role", ""))) or role_of(str(said.get("group", "")))
    if said.get("group") == "field":
        role = "field"
    target = target_of(
        ways,
        name,
        role if said.get("named") else "",
        frame=tuple(int(number) for number in said.get("frame", ())),
        window=bool(said.get("window")),
        secret=bool(said.get("secret")),
        ticks=bool(said.get("ticks")),
    )
    if said.get("code"):
        return replace(target, name="the editor", secret=False)
    return target
