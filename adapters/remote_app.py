"""An app that runs elsewhere: forge starts nothing."""

from __future__ import annotations

from forge.adapters.contract import Slot
from forge.adapters.programs import filled
from forge.adapters.web_app import WebApp


class RemoteApp(WebApp):
    """An app that answers at `url`, which may have `{slot}` in it."""

    def start(self, slot: Slot) -> None:
        """Take the address of the app."""
        super().start(slot)
        values = {"slot": str(slot.index)}
        self.base_url = filled(self.app.url or "", values, self.where("url")).rstrip("/")
