"""A folder of plain pages, served for a slot."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from forge.adapters.contract import Slot
from forge.adapters.web_app import WebApp
from forge.errors import AdapterError

SERVER = Path(__file__).with_name("static_server.py")


class StaticSite(WebApp):
    """A folder of plain pages: `static`, relative to the project's folder."""

    def start(self, slot: Slot) -> None:
        """Serve the folder.

        Raises:
            AdapterError: there is no such folder, or the server does not start.
        """
        super().start(slot)
        folder = slot.project_dir / (self.app.static or "")
        if not folder.is_dir():
            raise AdapterError(f"{self.where('static')}: there is no folder {folder}")
        command = (sys.executable, "-I", str(SERVER), str(folder).replace("{", "{{"))
        program = replace(self.program("static", command), ready="port")
        self.base_url = slot.run(program).url

    def stop(self) -> None:
        """End the server."""
        if self._slot:
            self._slot.end_server()
