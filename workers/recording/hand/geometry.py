"""Where an element is: in pixels of the whole page's viewport, whatever frame it lies in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from selenium.webdriver.remote.command import Command

from forge.model.take import Box, Point, Shape

ELEMENT_KEY = "element-6066-11e4-a52e-4f735466cecf"
Ask = Callable[[str, dict[str, Any]], Any]

#: What both scripts share: the way up from a frame's coordinates to those of the page around it.
OUTWARD = """
const outward = (frame, [x, y, k]) => {
  const r = frame.getBoundingClientRect(), style = getComputedStyle(frame);
  const scale = r.width / (frame.offsetWidth || 1);
  const inset = side => frame['client' + side] + parseFloat(style['padding' + side]);
  return [r.x + (inset('Left') + x) * scale, r.y + (inset('Top') + y) * scale, k * scale];
};
const upward = (way, levels) => {
  let at = window;
  for (; at !== at.parent; at = at.parent, levels++) {
    let frame = null;
    try { frame = at.frameElement; } catch { /* of another origin */ }
    if (!frame) return {way, levels, foreign: true};
    way = outward(frame, way);
  }
  const seen = at.visualViewport;
  way = [(way[0] - seen.offsetLeft) * seen.scale, (way[1] - seen.offsetTop) * seen.scale,
         way[2] * seen.scale];
  return {way, levels, foreign: false};
};
"""

#: What takes what is typed, key by key, and shows it as it is.
FIELD = """
const isField = it => it.tagName === 'TEXTAREA' || it.tagName === 'INPUT'
  && ['text', 'search', 'email', 'tel', 'url', 'password', 'number'].includes(it.type);
"""

#: Whether an element is drawn, wherever it lies.
SEEN = """
const seen = it => it.isConnected && it.checkVisibility(
  {checkOpacity: true, checkVisibilityCSS: true, contentVisibilityAuto: true});
"""

# `option`s have no place of their own while their select is closed. `room` is the part of the
# frame in which the element could be seen: the viewport without what scrolling boxes cut off.
# Editors of code take what is typed by a field that is not to be seen (clipped, of no size, off the
# page, clear): for the hand, their nearest part that is seen stands for it.
PLACE_SCRIPT = (
    OUTWARD
    + FIELD
    + SEEN
    + """const [given, types] = arguments;
const above = n => n.assignedSlot || n.parentElement || n.getRootNode().host;
const editable = given.isContentEditable || !!given.editContext || isField(given);
const least = 4;
const shown = n => {
  let {left, top, right, bottom} = n.getBoundingClientRect();
  for (let a = above(n); a && a !== document.body && a !== document.documentElement; a = above(a)) {
    if (!['hidden', 'clip'].includes(getComputedStyle(a).overflow)) continue;
    const r = a.getBoundingClientRect();
    left = Math.max(left, r.left); right = Math.min(right, r.right);
    top = Math.max(top, r.top); bottom = Math.min(bottom, r.bottom);
  }
  return right - left >= least && bottom - top >= least && seen(n)
    && right + scrollX > 0 && bottom + scrollY > 0;
};
let stands = given;
if (types && editable) {
  while (stands && stands !== document.body && !shown(stands)) stands = above(stands);
  if (!stands || stands === document.body) stands = given;
}
const attention = given.getRootNode().activeElement;
const list = given.closest('select');
const it = list && list !== given && list.size < 2 && !list.multiple ? list : stands;
const box = it.getBoundingClientRect(), first = it.getClientRects()[0] || box;
const room = {left: 0, top: 0, right: innerWidth, bottom: innerHeight};
for (let n = above(it); n && n !== document.documentElement; n = above(n)) {
  if (n === document.body || getComputedStyle(n).overflow === 'visible') continue;
  const r = n.getBoundingClientRect();
  room.left = Math.max(room.left, r.left); room.right = Math.min(room.right, r.right);
  room.top = Math.max(room.top, r.top); room.bottom = Math.min(room.bottom, r.bottom);
}
const middle = (low, high, from, to) => (Math.max(low, from) + Math.min(high, to)) / 2;
const hidden = (low, high, from, to) =>
  high - low <= to - from ? low < from - 1 || high > to + 1 : low > to - 20 || high < from + 20;
const style = getComputedStyle(it).cursor;
return {
  box: [box.x, box.y, box.width, box.height],
  point: [middle(first.left, first.right, 0, innerWidth),
          middle(first.top, first.bottom, 0, innerHeight)],
  hidden: hidden(box.left, box.right, room.left, room.right)
    || hidden(box.top, box.bottom, room.top, room.bottom),
  shape: style === 'pointer' || style.startsWith('grab') ? 'hand'
    : style.endsWith('text') || style === 'auto' && editable ? 'text' : 'arrow',
  editable,
  attended: stands !== given && stands.contains(attention),
  up: upward([0, 0, 1], 0),
};"""
)
#: Where to press on an element, in the page's coordinates: all of it is to be seen, and nothing
#: lies over it there, nor over its frame. "covered" where something does; false where only
#: WebDriver can tell.
PRESS_SCRIPT = (
    OUTWARD
    + SEEN
    + """const [it] = arguments;
const others = 'option, optgroup, select, area, input[type=file], iframe, frame, object, embed';
const all = it.getBoundingClientRect(), box = it.getClientRects()[0];
if (!box?.width || !box.height || !seen(it) || it.matches(others)) return false;
if (box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight) return false;
const middle = (outer, inner, size) =>  // in whole pixels, as chromedriver counts them
  Math.floor(outer + Math.floor(inner - outer) + size / 2);
const hits = (it, x, y) => {
  let hit = null;
  for (let root = it.ownerDocument, inner; root; root = hit.shadowRoot) {
    inner = root.elementFromPoint(x, y);
    if (!inner || inner === hit) break;
    hit = inner;
  }
  while (hit && hit !== it) hit = hit.assignedSlot || hit.parentElement || hit.getRootNode().host;
  return hit === it;
};
const local = [middle(all.left, box.left, box.width), middle(all.top, box.top, box.height)];
if (!hits(it, ...local)) return 'covered';
let way = [...local, 1];
for (let w = window; w !== w.parent; w = w.parent) {
  let frame = null;
  try { frame = w.frameElement; } catch { /* of another origin */ }
  if (!frame) return false;
  way = outward(frame, way);
  if (!hits(frame, way[0], way[1])) return 'covered';
}
const {way: [x, y]} = upward([...local, 1], 0);
return [x, y];"""
)
FRAME_SCRIPT = (
    OUTWARD
    + """let [frame, way] = arguments;
const frames = [...document.querySelectorAll('iframe, frame')];
if (typeof frame === 'number') frame = frames.find(f => f.contentWindow === window[frame]);
return upward(outward(frame, way), 1);"""
)
#: Where everything around the element must be scrolled to, found by doing and undoing it; that it
#: was undone nobody sees. What a frame of another origin hides is left to the browser's own way.
SCROLL_PLAN = """const [given] = arguments, it = given.closest('select') || given, found = [];
const above = n => n.assignedSlot || n.parentElement || n.getRootNode().host;
let foreign = false;
for (let w = window, n = it; ; w = w.parent) {
  for (n = above(n); n; n = above(n)) found.push(n);
  found.push(w.document.scrollingElement);
  if (w === w.parent) break;
  try { n = w.frameElement; } catch { n = null; }
  if (!n) { foreign = true; break; }
}
const at = n => [n.scrollLeft, n.scrollTop], before = found.map(at);
if (foreign) { it.scrollIntoView({block: 'center', behavior: 'smooth'}); return -1; }
it.scrollIntoView({block: 'center', inline: 'nearest', behavior: 'instant'});
const plan = found.map((n, i) => [n, before[i], at(n)])
  .filter(([n, from, to]) => from[0] !== to[0] || from[1] !== to[1]);
plan.forEach(([n, from]) => n.scrollTo({left: from[0], top: from[1], behavior: 'instant'}));
window[Symbol.for('forge.scroll')] = plan;
return Math.max(0, ...plan.map(([n, from, to]) => Math.hypot(to[0] - from[0], to[1] - from[1])));"""
SCROLL_STEP = """const [part] = arguments, go = (from, to) => from + (to - from) * part;
for (const [n, from, to] of window[Symbol.for('forge.scroll')])
  n.scrollTo({left: go(from[0], to[0]), top: go(from[1], to[1]), behavior: 'instant'});"""


class Way(NamedTuple):
    """From a frame's coordinates to the page's: (x, y) ↦ (left, top) + scale × (x, y)."""

    left: float = 0.0
    top: float = 0.0
    scale: float = 1.0

    def point(self, x: float, y: float) -> Point:
        return (self.left + self.scale * x, self.top + self.scale * y)


class Target(NamedTuple):
    """An element, or only a point, as it lies on the screen.

    `local`: the point in its own frame's coordinates;
    `hidden`: it would have to be scrolled to. `editable`: it takes what is typed, key by key.
    `attended`: it is an editor's hidden field, and the editor has the attention already.
    """

    box: Box | None
    point: Point
    local: Point
    way: Way
    shape: Shape
    hidden: bool
    editable: bool
    attended: bool = False


def reference(element: str) -> dict[str, str]:
    """An element as scripts take it."""
    return {ELEMENT_KEY: element}


def script(ask: Ask, source: str, *args: Any) -> Any:
    """Run `source` in the current frame, by a command of forge's own, and return its value."""
    return ask(Command.W3C_EXECUTE_SCRIPT, {"script": source, "args": list(args)})


class Covered(Exception):
    """Something lies over an element where it would be pressed."""


def press_point(ask: Ask, element: str) -> Point | None:
    """Where the mouse presses on `element`; None where only WebDriver can tell.

    Raises:
        Covered: something lies over it there, which may be about to go away.
        WebDriverException: it is no longer there.
    """
    found = script(ask, PRESS_SCRIPT, reference(element))
    if found == "covered":
        raise Covered
    return (found[0], found[1]) if found else None


def locate(ask: Ask, element: str, frames: Sequence[Any], *, types: bool = False) -> Target:
    """Where `element` of the current frame is. `frames`: the way there, as it was switched.

    `types`: it is looked for as what is typed into.

    Raises:
        WebDriverException: it is no longer there.
    """
    found = script(ask, PLACE_SCRIPT, reference(element), types)
    way = _way(ask, found["up"], frames)
    x, y, width, height = found["box"]
    return Target(
        box=(*way.point(x, y), width * way.scale, height * way.scale),
        point=way.point(*found["point"]),
        local=tuple(found["point"]),
        way=way,
        shape=found["shape"],
        hidden=found["hidden"],
        editable=found["editable"],
        attended=found["attended"],
    )


def way_of(ask: Ask, frames: Sequence[Any]) -> Way:
    """From the current frame's coordinates to the page's."""
    return _way(ask, script(ask, OUTWARD + "return upward([0, 0, 1], 0);"), frames)


def _way(ask: Ask, up: Mapping[str, Any], frames: Sequence[Any]) -> Way:
    """Follow `up` to the page itself, through frames that scripts cannot look out of."""
    if not up["foreign"]:
        return Way(*up["way"])
    path = list(frames)
    try:
        while up["foreign"]:
            path = path[: len(path) - up["levels"]]
            _switch(ask, path[:-1])
            up = script(ask, FRAME_SCRIPT, path[-1], up["way"])
    finally:
        _switch(ask, frames)
    return Way(*up["way"])


def _switch(ask: Ask, frames: Sequence[Any]) -> None:
    for frame in (None, *frames):
        ask(Command.SWITCH_TO_FRAME, {"id": frame})
