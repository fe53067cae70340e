"""Recordings of the Recorder in Chrome's DevTools (JSON)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from forge.errors import ProjectError
from forge.recordings.events import Event, Recording, Target, Way
from forge.recordings.keys import KeyJoiner
from forge.recordings.ways import by_css, role_of, tag_of, target_of

Step = dict[str, Any]
ARIA = re.compile(r'aria/(?P<name>.*?)(?:\[role="(?P<role>\w+)"\])?', re.DOTALL)
BUTTONS = ("primary", "secondary")


def read_chrome_recording(said: dict[str, Any], where: str) -> Recording:
    """Return the recording in the JSON object `said`; `where` begins messages.

    Raises:
        ProjectError: it is not one.
    """
    steps = said.get("steps")
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        raise ProjectError(f"{where}: `steps` is not a list of steps")
    keys, events = KeyJoiner(), list[Event]()
    test = str(said.get("selectorAttribute") or "data-test")
    for number, step in enumerate(steps, 1):
        events += keys.joined(_events(step, f"{where}: step {number}", test))
    return Recording(str(said.get("title") or ""), tuple(events))


def _events(step: Step, where: str, test: str) -> Iterator[Event]:
    kind = step.get("type")
    reader = READERS.get(str(kind))
    if reader is None:
        yield Event("lost", text=f"the step {kind!r}, which forge does not know")
        return
    try:
        for event in reader(step, test):
            yield event if event.kind == "lost" else _with_page(event, step)
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise ProjectError(
            f"{where} ({kind}) is not as the Recorder writes it: {problem}",
            hint="export it again: Recorder › Export › JSON",
        ) from problem


def _with_page(event: Event, step: Step) -> Event:
    for asserted in step.get("assertedEvents") or ():
        if asserted.get("type") == "navigation":
            return replace(event, leads=True, title=str(asserted.get("title") or ""))
    return event


def _target(step: Step, test: str) -> Target:
    """Return the element of a step. Without a role, the other selectors may say its tag."""
    ways, name, role, text = list[Way](), "", "", ""
    for selector in step["selectors"]:
        *hosts, last = [selector] if isinstance(selector, str) else selector
        if last.startswith("aria/"):
            found = ARIA.fullmatch(last)
            assert found is not None
            name, role = name or found["name"], role or found["role"] or ""
        elif last.startswith("text/"):
            text = text or last[len("text/") :]
        elif last.startswith("xpath/"):
            ways.append(Way("xpath", last.removeprefix("xpath/").replace("///", "//")))
        elif not last.startswith("pierce/"):
            plain = [host for host in hosts if "/" not in host.split("(")[0].split("[")[0]]
            ways.append(by_css(last, tuple(plain), test))
    tag = tag_of(ways)
    known = role_of(role) or role_of(tag) or ("field" if step["type"] == "change" else "")
    if not known and (name or text):
        ways.append(Way("whole" if name == text else "text", text or name))
    frame = step.get("frame") or ()
    return target_of(
        ways,
        name or text,
        known,
        frame=tuple(int(number) for number in frame),
        window=step.get("target", "main") != "main" and not frame,
        ticks=role in ("checkbox", "radio", "switch"),
    )


def _click(step: Step, test: str) -> Iterator[Event]:
    target, button = _target(step, test), step.get("button", "primary")
    if button not in BUTTONS:
        yield Event("lost", text=f"a click with the {button} button on {target.name!r}")
    elif step["type"] == "doubleClick":
        yield Event("double", target)
    else:
        yield Event("click" if button == "primary" else "context", target)


def _change(step: Step, test: str) -> Iterator[Event]:
    yield Event("enter", _target(step, test), str(step["value"]))


def _key(step: Step, test: str) -> Iterator[Event]:
    down = step["type"] == "keyDown"
    yield Event("key", text=str(step["key"]), count=1 if down else 0)


def _scroll(step: Step, test: str) -> Iterator[Event]:
    target = _target(step, test) if step.get("selectors") else None
    yield Event("scroll", target, count=round(float(step.get("y") or 0)))


def _wait(step: Step, test: str) -> Iterator[Event]:
    target, operator = _target(step, test), step.get("operator", ">=")
    count, hidden = int(step.get("count", 1)), step.get("visible") is False
    if hidden or (operator in ("==", "<=") and count == 0):
        yield Event("gone", target)
    elif operator in ("==", ">=") and count > 1:
        yield Event("wait", target, count=count, more=operator == ">=")
    elif operator == "<=":
        yield Event("lost", text=f"the wait for at most {count} of {target.name!r}")
    else:
        yield Event("wait", target)
    if step.get("attributes") or step.get("properties"):
        yield Event("lost", text=f"the attributes that {target.name!r} was to have")


def _expression(step: Step, test: str) -> Iterator[Event]:
    yield Event("expect", text=str(step["expression"]))


def _navigate(step: Step, test: str) -> Iterator[Event]:
    yield Event("open", text=str(step["url"]))


def _viewport(step: Step, test: str) -> Iterator[Event]:
    size = f"{step['width']} × {step['height']}"
    device = " of a mobile device" if step.get("isMobile") or step.get("hasTouch") else ""
    yield Event("lost", text=f"the page's size{device}, {size}: set [video] width and height")


def _lost(what: str) -> Callable[[Step, str], Iterator[Event]]:
    def read(step: Step, test: str) -> Iterator[Event]:
        yield Event("lost", text=what.format(name=step.get("name", "")))

    return read


def _hover(step: Step, test: str) -> Iterator[Event]:
    yield Event("hover", _target(step, test))


def _close(step: Step, test: str) -> Iterator[Event]:
    yield from ()


READERS: dict[str, Callable[[Step, str], Iterator[Event]]] = {
    "navigate": _navigate,
    "click": _click,
    "doubleClick": _click,
    "change": _change,
    "hover": _hover,
    "keyDown": _key,
    "keyUp": _key,
    "scroll": _scroll,
    "waitForElement": _wait,
    "waitForExpression": _expression,
    "setViewport": _viewport,
    "emulateNetworkConditions": _lost("the slow network"),
    "customStep": _lost("the custom step {name!r}"),
    "close": _close,
}
