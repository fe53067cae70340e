"""Events of a recording, grouped to steps: one for each thing that a viewer should understand.

The fields of a form are one step. A click is one; a click that only opens a menu belongs to the
click that chooses in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from forge.recordings.events import Event, Target

MOST_STEPS = 10  # of a short recording; of a longer one, half as many as it has events
WAITS = ("wait", "gone", "expect")


@dataclass
class Group:
    """The events of one step. `lost`: what is not carried over there."""

    events: list[Event] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def acts(self) -> list[Event]:
        """Return the events without waits."""
        return [event for event in self.events if event.kind not in WAITS]

    @property
    def only_fills(self) -> bool:
        """Return True if it only fills in fields of one page."""
        return bool(self.acts) and all(fills(event) for event in self.acts)

    @property
    def ends(self) -> bool:
        """Return True if what follows it certainly belongs to another step."""
        return bool(self.acts) and (self.acts[-1].leads or self.acts[-1].kind == "open")


def group(events: Sequence[Event]) -> list[Group]:
    """Return the steps of a recording, in order. The first has no action, if a page is opened."""
    tidied = tidy(events)
    groups = [Group()]
    for event in tidied:
        last = groups[-1]
        if event.kind == "lost":
            last.lost.append(event.text)
        elif event.kind in WAITS or _belongs(last, event) or not last.events:
            last.events.append(event)
        else:
            groups.append(Group([event]))
    found = [one for one in groups if one.events or one.lost]
    return _fewer(found, max(MOST_STEPS, len(events) // 2))


def tidy(events: Sequence[Event]) -> list[Event]:
    """Return the events without those that only lead to the next one.

    Such are the click into a field that is filled in, earlier values of a field, tabs between
    fields, the single clicks of a double click, and scrolling to an element.
    """
    found: list[Event] = []
    for event in events:
        while found and _only_leads_to(found[-1], event):
            found.pop()
        found.append(event)
    return [
        event
        for event, following in pairwise([*found, Event("lost")])
        if not (event.kind == "scroll" and following.target)
    ]


def _only_leads_to(event: Event, following: Event) -> bool:
    same = event.target is not None and same_element(event.target, following.target)
    match event.kind, following.kind:
        case "click", "enter":
            return same and not event.leads
        case "click", "double":
            return same
        case "enter", "enter":
            return same
        case "hover", "click":
            return same
        case "hover" | "scroll", "hover" | "scroll":
            return True
        case "enter", "click":
            # A list is clicked after the choice, too, and a label passes its click on.
            return False
        case "key", "enter" | "click":
            return event.text == "Tab"
    return False


def same_element(one: Target, other: Target | None) -> bool:
    """Return True if two targets have a way in common."""
    return other is not None and one.frame == other.frame and bool({*one.ways} & {*other.ways})


def fills(event: Event) -> bool:
    """Return True if an event fills in a field, or ticks a box, and no other page comes of it."""
    target = event.target
    ticks = (
        event.kind == "click" and target is not None and (target.ticks or target.role == "field")
    )
    return (event.kind == "enter" or ticks) and not event.leads


def _belongs(last: Group, event: Event) -> bool:
    """Return True if `event` is part of the step `last`, to which nothing else follows yet."""
    acts = last.acts
    if acts and event.kind == "answer":
        return True
    if last.ends or not acts:
        return False
    before = acts[-1]
    if event.kind == "key":
        enters = before.kind == "enter" and event.text == "Enter"
        return enters or (before.kind == "key" and not before.leads)
    if before.kind == "hover":
        return event.kind in ("click", "double", "context")
    if last.only_fills and fills(event):
        return True
    # The entry of a menu or of a list that the page draws, after the click that opened it.
    return (
        event.kind == before.kind == "click"
        and event.target is not None
        and event.target.role in ("menu", "option")
    )


def _fewer(groups: list[Group], most: int) -> list[Group]:
    """Join neighbours until there are at most `most` steps: first those that lead nowhere."""
    while len(groups) > most:
        at = min(range(len(groups) - 1), key=lambda at: _apart(groups[at], groups[at + 1]))
        one, other = groups[at], groups.pop(at + 1)
        groups[at] = Group([*one.events, *other.events], [*one.lost, *other.lost])
    return groups


def _apart(one: Group, other: Group) -> tuple[bool, int]:
    """Return how little two steps belong together: the least are joined first."""
    opens = any(event.kind == "open" for event in [*one.acts, *other.acts])
    return opens, 2 * one.ends + len(one.acts) + len(other.acts)


def targets(events: Iterable[Event]) -> list[Target]:
    """Return the elements of events, each once, in order."""
    found: list[Target] = []
    for event in events:
        if event.target and not any(same_element(event.target, one) for one in found):
            found.append(event.target)
    return found
