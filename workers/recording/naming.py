"""What people call a WebDriver command: as Selenium's methods are named."""

from __future__ import annotations

import re

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


def spoken(command: str) -> str:
    """The method that sends `command`: `switchToWindow` is `switch_to_window`."""
    if command in NAMES:
        return NAMES[command]
    return re.sub(r"(?<!^)(?=[A-Z])", "_", command.removeprefix("w3c")).lower()
