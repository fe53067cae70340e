"""Action chains without a browser."""

from __future__ import annotations

from forge.workers.recording.hand.chains import Source


class ChainDriver:
    """Takes a chain in place of a browser."""

    def __init__(self) -> None:
        self.sources: list[Source] = []

    def execute(self, command: str, params: dict[str, list[Source]]) -> None:
        self.sources = params["actions"]
