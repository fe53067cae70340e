"""The frames that the tutorial's commands have switched into."""

from __future__ import annotations

from typing import Any

from selenium.webdriver.remote.command import Command

#: After these commands WebDriver stands in the top-level document, in no frame.
TO_TOP = (Command.GET, Command.REFRESH, Command.SWITCH_TO_WINDOW, Command.NEW_WINDOW)


class FramePath:
    """The way from the top-level document to the frame that WebDriver stands in.

    `frames`: the `id` parameter of each switch; empty in the top-level document.
    """

    def __init__(self) -> None:
        self.frames: list[Any] = []

    def follow(self, command: str, params: dict[str, Any]) -> None:
        """Update the path after WebDriver has executed `command`."""
        if command in TO_TOP or (command == Command.SWITCH_TO_FRAME and params.get("id") is None):
            self.frames.clear()
        elif command == Command.SWITCH_TO_FRAME:
            self.frames.append(params["id"])
        elif command == Command.SWITCH_TO_PARENT_FRAME and self.frames:
            self.frames.pop()
