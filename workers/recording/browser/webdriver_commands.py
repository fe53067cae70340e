"""WebDriver's commands: the names that users know, and which of them only look at the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
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
#: Beginnings of the scripts that Selenium sends to ask something about an element.
QUESTIONS = ("/* isDisplayed */", "/* getAttribute */")


def only_looks(command: str, params: Mapping[str, Any]) -> bool:
    """Return True if a command only looks at the page, so that repeating it does no harm."""
    if command == Command.W3C_EXECUTE_SCRIPT:
        return str(params["script"]).startswith(QUESTIONS)
    return command != Command.GET and command.startswith(("find", "get", "is"))


def answered(execute: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Execute a command that only looks at the page; return what WebDriver returns.

    The value may still be None: some attributes are.

    chromedriver ends any command with the value None when a dialog opens meanwhile, and reports the
    dialog as the error of the next command. So a command without an answer is repeated once.
    """
    result = execute()
    return execute() if result.get("value") is None else result


def spoken(command: str) -> str:
    """Return the name of Selenium's method for `command`: `switch_to_window`."""
    if command in NAMES:
        return NAMES[command]
    return re.sub(r"(?<!^)(?=[A-Z])", "_", command.removeprefix("w3c")).lower()
