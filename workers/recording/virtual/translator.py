"""WebDriver commands that have the same effect over DevTools, in a fraction of the time."""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest
from typing import Any

from selenium.webdriver.remote.command import Command

from forge.workers.recording.browser.chrome import WatchedChrome
from forge.workers.recording.browser.webdriver_commands import only_looks
from forge.workers.recording.frame_path import FramePath
from forge.workers.recording.hand.keyboard import ENTERS, PRESSABLE, writes
from forge.workers.recording.virtual.windows.windows import Windows

Translation = Callable[[], Any]


class CommandTranslator:
    """Translates WebDriver commands into DevTools commands with the same effect.

    It translates none behind a dialog or while a key is held down, which only WebDriver tracks.
    """

    def __init__(self, windows: Windows, path: FramePath, browser: WatchedChrome) -> None:
        self._windows, self._path, self._browser = windows, path, browser
        self._held: set[str] = set()  # keys

    def note(self, command: str, params: dict[str, Any]) -> None:
        """Note which keys a command leaves pressed."""
        if command == Command.W3C_CLEAR_ACTIONS:
            self._held.clear()
        if command != Command.W3C_ACTIONS:
            return
        for action in (one for source in params["actions"] for one in source["actions"]):
            if action["type"] == "keyDown":
                self._held.add(action["value"])
            elif action["type"] == "keyUp":
                self._held.discard(action["value"])

    def translate(self, command: str, params: dict[str, Any]) -> Translation | None:
        """Return a function that executes a command without WebDriver; None if there is none.

        The function raises LookupError, before it has done anything, if WebDriver is needed after
        all.
        """
        if self._windows.page.dialog or self._held:
            return None
        cdp = self._windows.page.input
        if command == Command.W3C_ACTIONS:
            keys = writes(params["actions"])
            return (lambda: cdp.type_keys(keys)) if keys else None
        if self._path.frames:
            return None  # a frame may belong to another process, with a DevTools target of its own
        if command == Command.FIND_ELEMENT and params["using"] == "css selector":
            element = self._browser.create_web_element
            return lambda: {"value": element(cdp.find(params["value"]))}
        if command == Command.W3C_EXECUTE_SCRIPT and only_looks(command, params):
            asked, *args = params["args"]
            return lambda: cdp.ask_about(params["script"], asked.id, *args)
        if command == Command.SEND_KEYS_TO_ELEMENT and PRESSABLE.issuperset(params["text"]):
            return lambda: self._type_into(params["id"], params["text"])
        return None

    def _type_into(self, element: str, keys: str) -> dict[str, Any]:
        answer = self._windows.page.input.type_into(element, keys)
        if not ENTERS.isdisjoint(keys):
            self._browser.await_page()
        return answer


def moves_mouse(command: str, params: dict[str, Any]) -> bool:
    """Return True if a command may move the mouse."""
    if command == "executeCdpCommand":
        return bool(params["cmd"] == "Input.dispatchMouseEvent")
    return command == Command.W3C_ACTIONS and any(s["type"] != "key" for s in params["actions"])


def without_durations(params: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of an actions command with all durations set to 0."""
    return {
        **params,
        "actions": [_source_without_durations(source) for source in params["actions"]],
    }


def _source_without_durations(source: dict[str, Any]) -> dict[str, Any]:
    actions = [{**one, "duration": 0} if "duration" in one else one for one in source["actions"]]
    return {**source, "actions": actions}


def pauses_ms(params: dict[str, Any]) -> float:
    """Return the total length of an actions command's pauses; of simultaneous ones, the longest."""
    turns = zip_longest(*(source["actions"] for source in params["actions"]), fillvalue={})
    return float(
        sum(
            max((one.get("duration") or 0 for one in turn if one.get("type") == "pause"), default=0)
            for turn in turns
        )
    )
