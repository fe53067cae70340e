"""marimo: a notebook over a web socket, 250 files, shadow DOM."""

import shutil
from pathlib import Path

from serve import APPS, ServedApp, seen

MARIMO = APPS / "marimo" / "bin" / "marimo"
NOTEBOOK = Path(__file__).parent / "notebook.py"


class Notebook(ServedApp):
    def setup(self, browser, ctx):
        self.stop()
        notebook = shutil.copy(NOTEBOOK, self.fresh("notebooks"))
        port = self.slot.free_port()
        url = f"http://127.0.0.1:{port}/"
        options = ("--headless", "--no-token", "--skip-update-check", "--port", port)
        self.serve([MARIMO, "edit", *options, notebook], url)
        browser.get(url)
        seen(browser, "[data-testid=run-button], .cm-content")
