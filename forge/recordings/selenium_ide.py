"""Projects of Selenium IDE (`.side`): each test is a recording."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from forge.errors import ProjectError
from forge.recordings.events import Event, Recording, Role, Target, Way
from forge.recordings.ways import by_css, by_id, role_of, tag_of, target_of

Command = dict[str, Any]
VERSIONS = ("1", "2", "3", "4")
#: XPaths that name an element by its text: //button[contains(.,'Save')], //a[text()='Home'].
BY_TEXT = re.compile(
    r"""//(?P<tag>\w+)\[(?:contains\(\.,\s*|contains\(text\(\),\s*|text\(\)\s*=\s*|\.\s*=\s*)"""
    r"""(?P<quote>['"])(?P<text>.*?)(?P=quote)\)?\]"""
)
KEY = re.compile(r"\$\{KEY_(\w+)\}")
#: Names of keys in `${KEY_…}` that differ from those of `KeyboardEvent.key`.
KEYS = {
    "ENTER": "Enter", "TAB": "Tab", "ESC": "Escape", "ESCAPE": "Escape", "BKSP": "Backspace",
    "BACKSPACE": "Backspace", "DEL": "Delete", "DELETE": "Delete", "UP": "ArrowUp",
    "DOWN": "ArrowDown", "LEFT": "ArrowLeft", "RIGHT": "ArrowRight", "HOME": "Home", "END": "End",
    "PAGE_UP": "PageUp", "PGUP": "PageUp", "PAGE_DOWN": "PageDown", "PGDN": "PageDown",
}  # fmt: skip


def read_side_project(said: dict[str, Any], where: str) -> list[Recording]:
    """Return the recordings of the JSON object `said`; `where` begins messages.

    Raises:
        ProjectError: it is not one, is of an unknown version, or has no test.
    """
    version = str(said.get("version", ""))
    if version.partition(".")[0] not in VERSIONS:
        raise ProjectError(
            f"{where}: version {version!r} of Selenium IDE's files is unknown",
            hint=f"forge reads versions {VERSIONS[0]} to {VERSIONS[-1]}; save it with Selenium IDE"
            " 3 or 4",
        )
    tests = said["tests"]
    if not isinstance(tests, list) or not all(isinstance(test, dict) for test in tests):
        raise ProjectError(f"{where}: `tests` is not a list of tests")
    return [_recording(test, str(said.get("url") or ""), where) for test in tests]


def _recording(test: Command, url: str, where: str) -> Recording:
    name = str(test.get("name") or "")
    reader, events = _Reader(url), list[Event]()
    for number, command in enumerate(test.get("commands") or (), 1):
        at = f"{where}: test {name!r}, command {number}"
        try:
            events += reader.events(command)
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise ProjectError(
                f"{at} is not as Selenium IDE writes it: {problem}", hint="save it again"
            ) from problem
    return Recording(name, tuple(events))


class _Reader:
    """Reads the commands of one test. `_frame` and `_window`: where the test is."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._frame: tuple[int, ...] = ()
        self._window = False

    def events(self, command: Command) -> Iterator[Event]:
        """Yield the events of a command; none if it is turned off, or only remarks."""
        name, comment = str(command["command"]), str(command.get("comment") or "")
        if not name or name.startswith("//"):
            return
        self._window = self._window or bool(command.get("opensWindow"))
        reader = READERS.get(name)
        if reader is None:
            said = " ".join(filter(None, (name, str(command.get("target") or ""))))
            yield Event("lost", text=f"the command {said!r}", comment=comment)
            return
        for event in reader(self, command):
            variables = re.findall(r"\$\{(?!KEY_)\w+\}", event.text)
            if variables and event.kind != "lost":
                yield Event("lost", text=f"the value of the variable {', '.join(variables)}")
            yield replace(event, comment=comment)

    def target(self, command: Command, *, types: bool = False) -> Target:
        """Return the element of a command, with all of its recorded ways."""
        given = [command["target"], *(one[0] for one in command.get("targets") or ())]
        ways, name, role = list[Way](), "", ""
        for text in dict.fromkeys(given):
            way = _way(str(text))
            if (found := BY_TEXT.fullmatch(way.value)) and way.kind == "xpath":
                name, role = name or found["text"], role or role_of(found["tag"])
            ways.append(way)
        text = next((way.value for way in ways if way.kind == "link"), name)
        known: Role = role_of(role) or role_of(tag_of(ways))
        if types:
            name, known = "", known or "field"  # a field's name is its label, which is not recorded
        elif name and not known:
            ways.append(Way("text", name))
        return target_of(
            ways, text if not types else "", known if text else "", frame=self._frame,
            window=self._window,
        )  # fmt: skip

    # Commands.

    def open(self, command: Command) -> Iterator[Event]:
        self._frame = ()
        yield Event("open", text=urljoin(self._url, str(command["target"])))

    def click(self, command: Command) -> Iterator[Event]:
        yield Event("click", self.target(command))

    def submit(self, command: Command) -> Iterator[Event]:
        yield Event("key", text="Enter")

    def double(self, command: Command) -> Iterator[Event]:
        yield Event("double", self.target(command))

    def tick(self, command: Command) -> Iterator[Event]:
        yield Event("click", replace(self.target(command), ticks=True))

    def hover(self, command: Command) -> Iterator[Event]:
        yield Event("hover", self.target(command))

    def type(self, command: Command) -> Iterator[Event]:
        yield Event("enter", self.target(command, types=True), str(command["value"]))

    def keys(self, command: Command) -> Iterator[Event]:
        value = str(command["value"])
        written = KEY.sub("", value)
        if written:
            yield Event("enter", self.target(command, types=True), written)
        for key in KEY.findall(value):
            if key in KEYS:
                yield Event("key", text=KEYS[key])
            else:
                yield Event("lost", text=f"the key {key}")

    def select(self, command: Command) -> Iterator[Event]:
        how, _, what = str(command["value"]).rpartition("=")
        if how in ("", "label", "value"):
            yield Event("enter", self.target(command, types=True), what)
        else:
            yield Event("lost", text=f"the choice of {command['value']!r} in a list")

    def edit(self, command: Command) -> Iterator[Event]:
        text = re.sub(r"<[^>]+>", "", str(command["value"]))
        yield Event("enter", self.target(command, types=True), text)

    def frame(self, command: Command) -> Iterator[Event]:
        where = str(command["target"])
        if where in ("relative=top", "relative=parent"):
            self._frame = () if where.endswith("top") else self._frame[:-1]
        elif found := re.fullmatch(r"index=(\d+)", where):
            self._frame = (*self._frame, int(found[1]))
        else:
            yield Event("lost", text=f"the switch to the frame {where!r}")

    def window(self, command: Command) -> Iterator[Event]:
        self._window = "root" not in str(command["target"])
        yield from ()

    def wait(self, command: Command) -> Iterator[Event]:
        yield Event("wait", self.target(command))

    def gone(self, command: Command) -> Iterator[Event]:
        yield Event("gone", self.target(command))

    def text(self, command: Command) -> Iterator[Event]:
        shown = str(command["value"])
        yield Event("wait", target_of([Way("text", shown)], frame=self._frame, window=self._window))

    def size(self, command: Command) -> Iterator[Event]:
        size = str(command["target"]).replace("x", " × ")
        yield Event("lost", text=f"the window's size, {size}: set [video] width and height")

    def accept(self, command: Command) -> Iterator[Event]:
        yield Event("answer", text="accept", title=str(command.get("value") or ""))

    def dismiss(self, command: Command) -> Iterator[Event]:
        yield Event("answer", text="dismiss")

    def nothing(self, command: Command) -> Iterator[Event]:
        yield from ()


def _way(locator: str) -> Way:
    """Return a locator of Selenium IDE; without a prefix it is an XPath or an id."""
    how, _, value = locator.partition("=")
    match how:
        case "id":
            return by_id(value)
        case "css":
            return by_css(value)
        case "name":
            return Way("name", value)
        case "linkText" | "link":
            return Way("link", value)
        case "partialLinkText":
            return Way("xpath", f"//a[contains(., {value!r})]")
        case "xpath":
            return Way("xpath", value)
    return Way("xpath", locator) if locator.startswith(("/", "(")) else by_id(locator)


READERS: dict[str, Callable[[_Reader, Command], Iterator[Event]]] = {
    "open": _Reader.open,
    **dict.fromkeys(("click", "clickAt"), _Reader.click),
    "submit": _Reader.submit,
    **dict.fromkeys(("doubleClick", "doubleClickAt"), _Reader.double),
    **dict.fromkeys(("check", "uncheck"), _Reader.tick),
    "mouseOver": _Reader.hover,
    "type": _Reader.type,
    "sendKeys": _Reader.keys,
    **dict.fromkeys(("select", "addSelection"), _Reader.select),
    "editContent": _Reader.edit,
    "selectFrame": _Reader.frame,
    "selectWindow": _Reader.window,
    **dict.fromkeys(("waitForElementVisible", "waitForElementPresent"), _Reader.wait),
    **dict.fromkeys(("waitForElementNotVisible", "waitForElementNotPresent"), _Reader.gone),
    "waitForText": _Reader.text,
    "setWindowSize": _Reader.size,
    "webdriverChooseOkOnVisibleConfirmation": _Reader.accept,
    "webdriverAnswerOnVisiblePrompt": _Reader.accept,
    "webdriverChooseCancelOnVisibleConfirmation": _Reader.dismiss,
    "webdriverChooseCancelOnVisiblePrompt": _Reader.dismiss,
    # The hand moves away by itself; a browser that forge has opened is closed by it, too.
    **dict.fromkeys(("mouseOut", "close", "storeWindowHandle", "mouseMoveAt"), _Reader.nothing),
}
