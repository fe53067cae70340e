"""An app that forge starts: one server for each slot, with data of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from forge.adapters.app_environment import HOME
from forge.adapters.contract import Context, Slot
from forge.adapters.web_app import AppState, WebApp
from forge.store.atomic import remove
from forge.text.placeholders import names_in

if TYPE_CHECKING:
    from selenium.webdriver import Chrome


class ServerApp(WebApp):
    """An app that is started for each slot by `command`.

    With `data`, and unless `per = "worker"`, it is ended before each render but the first, its data
    is copied anew, and it is started again: an app that runs keeps files open and data in memory.
    """

    _is_fresh = False

    def start(self, slot: Slot) -> None:
        """Copy the data, and start the server.

        Raises:
            AdapterError: the data cannot be copied; or the server does not start, ends, or is not
                ready in time.
        """
        super().start(slot)
        self._begin()

    def setup(self, browser: Chrome, ctx: Context) -> AppState:
        """Make a known state: fresh data, `reset`, the start page.

        Raises:
            AdapterError: one of them failed.
        """
        if not self._is_fresh and (self._is_per_render or not self._runs):
            self._begin()
        self._is_fresh = False
        return super().setup(browser, ctx)

    def stop(self) -> None:
        """End the server, and remove its data."""
        if self._slot:
            self._slot.end_server()
        if self.source:
            self.source.drop()

    @property
    def _is_per_render(self) -> bool:
        return self.source is not None and self.app.per == "render"

    @property
    def _runs(self) -> bool:
        return any(server.running.exit_code is None for server in self.slot.servers.values())

    def _begin(self) -> None:
        slot = self.slot
        slot.end_server()  # nothing may use what is replaced now
        if self.app.home == "own":
            remove(slot.dir / HOME)
        if self.source:
            self.data = str(self.source.fresh(slot))
        program = self.program("command", self.app.command)
        if self.app.ready is None and not names_in([self.app.start_page]):
            program = replace(program, ready=self.app.start_page)
        self.base_url = slot.run(program).url
        self._is_fresh = True
