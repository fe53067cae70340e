"""Sentences for the steps of a recording, for their author to rewrite."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from urllib.parse import urlsplit

from forge.model.marks import with_marks
from forge.recordings.events import Event
from forge.recordings.grouping import Group, fills, targets
from forge.recordings.keys import spoken
from forge.text.sanitize import clean
from forge.text.segments import clipped
from forge.text.spaces import fold

LOOPBACK = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")
LONGEST_NAME, LONGEST_VALUE = 60, 40  # characters
MOST_NAMES = 3  # fields that a sentence names


def sentence(group: Group) -> str:
    """Return what a step does, in one sentence, as a tutorial's narration is written."""
    parts: list[str] = []
    for filled, events in groupby(group.acts, fills):
        acts = list(events)
        several = filled and len(targets(acts)) > 1
        parts += [_filled(acts)] if several else map(_done, acts)
    told = fold(_listed([part[0].lower() + part[1:] for part in parts], "and then"))
    told = told or "look at the page"
    return f"{told[0].upper()}{told[1:]}."


def escaped(text: str) -> str:
    """Return a text for a narration, in which no mark is read (`forge.model.marks`)."""
    return with_marks(fold(clean(text)), ())


def named(event: Event) -> str:
    """Return the name of an event's element, not too long; "it" without one."""
    return shortened(event.target.name if event.target else "", LONGEST_NAME) or "it"


def shortened(text: str, longest: int) -> str:
    """Return a text on one line, cut where it is longer than `longest`."""
    line = fold(clean(text))
    return line if len(line) <= longest else f"{clipped(line, longest).rstrip()} …"


def page_name(url: str) -> str:
    """Return words for a page: its path, or its host for the first page.

    The host of an app that is being developed has no name that a voice should read.
    """
    parts = urlsplit(url)
    host = "the start page" if LOOPBACK.fullmatch(parts.netloc) else parts.netloc
    return shortened(parts.path.strip("/") or host or url, LONGEST_NAME)


def _filled(events: Sequence[Event]) -> str:
    names = [shortened(one.name, LONGEST_NAME) or "a field" for one in targets(events)]
    if len(names) > MOST_NAMES + 1:
        names[MOST_NAMES:] = [f"{len(names) - MOST_NAMES} more fields"]
    return f"Fill in {_listed(names, 'and')}"


def _done(event: Event) -> str:
    name = named(event)
    match event.kind:
        case "open":
            return f"Open {shortened(event.title, LONGEST_NAME) or page_name(event.text)}"
        case "enter":
            value = fold(clean(event.text))
            secret = event.target is not None and event.target.secret
            if secret or not value or len(value) > LONGEST_VALUE or "\n" in event.text:
                return f"Fill in {name}"
            return f"Enter {value} in {name}" if name != "it" else f"Enter {value}"
        case "click" if event.target and event.target.ticks:
            return f"Tick {name}"
        case "double":
            return f"Double-click {name}"
        case "context":
            return f"Right-click {name}"
        case "hover":
            return f"Point at {name}"
        case "key":
            return f"Press {spoken(event.text)}"
        case "answer":
            return "Confirm" if event.text == "accept" else "Cancel"
        case "scroll":
            return "Scroll up" if (event.count or 0) < 0 else "Scroll down"
    return f"Click {name}"


def _listed(parts: Sequence[str], word: str) -> str:
    """Return parts as in a sentence: one, two and three."""
    *some, last = parts or [""]
    return f"{', '.join(some)} {word} {last}" if some else last
