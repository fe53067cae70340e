"""The Selenium code of a recorded event."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from forge.recordings.events import Event, Target, Way
from forge.recordings.keys import MODIFIERS, NAMES, split
from forge.recordings.source import call, imported, origin_of, path_of, quoted
from forge.text.sanitize import clean
from forge.text.segments import clipped
from forge.text.spaces import fold

LONGEST_NAME = 50  # characters of a name in a locator; of a longer one, a part is looked for
BY = {"id": "ID", "name": "NAME", "css": "CSS_SELECTOR", "test": "CSS_SELECTOR"} | {
    "made": "CSS_SELECTOR",
    "xpath": "XPATH",
}
CHAINS = {"double": "double_click", "context": "context_click", "hover": "move_to_element"}
OF_SELENIUM = {
    "ActionChains": "selenium.webdriver.common.action_chains",
    "Keys": "selenium.webdriver.common.keys",
}
BACK = "    browser.switch_to.default_content()"


class Code:
    """What the code of a module needs besides its steps: imports, and variables for passwords.

    `app`: the origin of pages whose address the project's app says, "" if it says none.
    `in_new_window`: the last line was for the window that was opened last. `uses_ctx`: a line needs
    the step's `ctx`.
    """

    def __init__(self, secret_prefix: str, app: str = "") -> None:
        self._prefix, self._app = secret_prefix, app
        self.uses_ctx = False
        self.names: set[str] = set()
        self.variables: list[str] = []
        self.in_new_window = False

    def imports(self) -> list[str]:
        """Return the lines of imports."""
        lines = ["import os", ""] if self.variables else []
        own = sorted(self.names - OF_SELENIUM.keys())
        lines.append(imported("forge", own))
        return [*lines, *(imported(m, [n]) for n, m in OF_SELENIUM.items() if n in self.names)]

    def use(self, name: str) -> str:
        """Return a name of forge's or Selenium's, and import it."""
        self.names.add(name)
        return name

    def address(self, url: str) -> str:
        """Return the source of an address."""
        if not self._app or origin_of(url) != self._app:
            return quoted(url)
        self.uses_ctx = True
        return f"ctx.state.base_url + {quoted(path_of(url))}"

    def variable(self, target: Target) -> str:
        """Return the environment variable that has the text of a password field."""
        word = re.sub(r"[^A-Z0-9]+", "_", target.name.upper()).strip("_") or "PASSWORD"
        name = f"{self._prefix}_{word}"[:60].strip("_")
        self.variables.append(name)
        return name


def actions(events: Iterable[Event], code: Code) -> Iterator[str]:
    """Yield the lines of a step's body, indented."""
    opener = ""
    for event in events:
        if event.comment:
            yield f"    # {fold(clean(event.comment))}"
        frame = event.target.frame if event.target else ()
        inside = _by(event.target)[1] if event.target else False
        if event.target and event.target.window != code.in_new_window:
            code.in_new_window = event.target.window
            which = -1 if code.in_new_window else 0
            yield f"    browser.switch_to.window(browser.window_handles[{which}])"
        switched = bool(frame) and not inside
        if switched:
            yield from (f"    browser.switch_to.frame({number})" for number in frame)
        yield from _lines(event, code, opener)
        if switched:
            yield BACK
        opener = event.target.name if event.target and event.kind == "click" else ""


def locator(target: Target, code: Code, opener: str = "") -> str:
    """Return the best locator of a target as source; `opener`: the menu that was opened before.

    An element in a shadow root has no locator of Selenium's: `element` finds it.
    """
    way, _ = _by(target)
    if way.kind in BY:
        return f"(By.{BY[way.kind]}, {quoted(way.value)})" if code.use("By") else ""
    name = code.use({"role": way.role, "link": "link"}.get(way.kind, "text"))
    text = fold(clean(way.value))
    if len(text) > LONGEST_NAME:
        part = quoted(clipped(text, LONGEST_NAME).rstrip())
        return f"{name}({part})" if name == "text" else f"{name}({part}, part=True)"
    if name == "text":
        return f"text({quoted(text)}{', exact=True' * (way.kind == 'whole')})"
    path = f"{quoted(opener)}, " if name == "menu" and 0 < len(opener) <= LONGEST_NAME else ""
    return f"{name}({path}{quoted(text)})"


def element(target: Target, code: Code, opener: str, before: str = "", after: str = "") -> str:
    """Return the source of a statement that finds an element, between `before` and `after`."""
    way, everywhere = _by(target)
    if everywhere:
        found = locator(target, code, opener)
        return call(f"{before}browser.find_element(", [f"*{found}"], f"){after}")
    code.use("By")
    lines, start = "", "browser"
    for host in way.hosts:
        args = ["By.CSS_SELECTOR", quoted(host)]
        lines += call(f"root = {start}.find_element(", args, ").shadow_root") + "\n"
        start = "root"
    args = [f"By.{BY[way.kind]}", quoted(way.value)]
    return lines + call(f"{before}{start}.find_element(", args, f"){after}")


def _by(target: Target | None) -> tuple[Way, bool]:
    """Return the best way, and True if it finds the element in any frame and shadow root."""
    if target is None or not target.ways:
        return Way("css", "body"), False
    way = target.ways[0]
    return way, way.kind not in BY


def _lines(event: Event, code: Code, opener: str) -> Iterator[str]:
    target = event.target
    match event.kind:
        case "open":
            yield call("browser.get(", [code.address(event.text)])
        case "key":
            yield from _pressed(event.text, code)
        case "scroll":
            amount = f"scroll_by_amount(0, {event.count or 0}).perform()"
            yield f"    {code.use('ActionChains')}(browser).{amount}"
        case "answer":
            if event.title:
                yield call("browser.switch_to.alert.send_keys(", [quoted(clean(event.title))])
            answer = "accept" if event.text == "accept" else "dismiss"
            yield f"    browser.switch_to.alert.{answer}()"
        case "expect":
            script = quoted(clean(f"return ({event.text})"))
            yield call(f"{code.use('wait')}(", ["browser", f"lambda b: b.execute_script({script})"])
        case "wait" | "gone" if target:
            yield from _waited(event, target, code)
        case "enter" if target:
            yield from _entered(event, target, code, opener)
        case "click" if target:
            yield element(target, code, opener, after=".click()")
        case "double" | "context" | "hover" if target:
            yield element(target, code, opener, before="item = ")
            chain = f"{CHAINS[event.kind]}(item).perform()"
            yield f"    {code.use('ActionChains')}(browser).{chain}"


def _entered(event: Event, target: Target, code: Code, opener: str) -> Iterator[str]:
    where = locator(target, code, opener)
    if _by(target)[0].hosts:
        yield element(target, code, opener, before="item = ")
        where = "item"
    text = quoted(clean(event.text))
    if target.secret:
        name = code.variable(target)
        yield f"    # The recorded password is not kept: set the variable {name}."
        text = f"os.environ[{quoted(name)}]"
    yield call(f"{code.use('type_into')}(", ["browser", where, text, "replace=True"])


def _waited(event: Event, target: Target, code: Code) -> Iterator[str]:
    found = locator(target, code)
    if event.kind == "gone":
        found = f"{code.use('gone')}({found})"
    elif event.count is not None:
        least = "at_least=" if event.more else ""
        found = f"{code.use('count')}({found}, {least}{event.count})"
    yield call(f"{code.use('wait')}(", ["browser", found])


def _pressed(chord: str, code: Code) -> Iterator[str]:
    *held, key = split(chord)
    keys, chains = code.use("Keys"), code.use("ActionChains")
    last = (
        f"send_keys({keys}.{NAMES[key]})" if key in NAMES else f"send_keys({quoted(key.lower())})"
    )
    if not held:
        yield f"    {chains}(browser).{last}.perform()"
        return
    yield f"    keys = {chains}(browser)"
    yield from (f"    keys.key_down({keys}.{MODIFIERS[one]})" for one in held)
    up = "".join(f".key_up({keys}.{MODIFIERS[one]})" for one in reversed(held))
    yield f"    keys.{last}{up}.perform()"
