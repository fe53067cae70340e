"""WebDriver's commands: what people call them, as Selenium's methods are named, and which look."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from selenium.webdriver.remote.command import Command

NAMES = {
    Command.W3C_EXECUTE_SCRIPT: "execute_script",
    Command.W3C_EXECUTE_SCRIPT_ASYNC: "execute_async_script",
    Command.W3C_ACTIONS: "ActionChains",
    Command.SEND_KEYS_TO_ELEMENT: "send_keys",
    Command.CLICK_ELEMENT: "click",
    Command.CLEAR_ELEMENT: "clear",
    Command.GO_BACK: "back",
    Command.GO_FORWARD: "forward",
    "executeCdpCommand": "execute_cdp_cmd",
}
#: How the scripts begin that Selenium sends to ask something about an element.
QUESTIONS = ("/* isDisplayed */", "/* getAttribute */")


def only_looks(command: str, params: Mapping[str, Any]) -> bool:
    """Whether a command only looks at the page: one that looks again does no harm."""
    if command == Command.W3C_EXECUTE_SCRIPT:
        return str(params["script"]).startswith(QUESTIONS)
    return command != Command.GET and command.startswith(("find", "get", "is"))


def spoken(command: str) -> str:
    """The method that sends `command`: `switchToWindow` is `switch_to_window`."""
    if command in NAMES:
        return NAMES[command]
    return re.sub(r"(?<!^)(?=[A-Z])", "_", command.removeprefix("w3c")).lower()
