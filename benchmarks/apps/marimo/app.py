"""marimo: a notebook over a web socket, 250 files, shadow DOM."""

import shutil
from pathlib import Path

from selenium.webdriver.support.wait import WebDriverWait
from serve import APPS, ServedApp, seen

MARIMO = APPS / "marimo" / "bin" / "marimo"
#: It asks for this when its kernel is there; before, it has ignored every click.
CONNECTED = """return performance.getEntriesByType('resource')
    .some(entry => entry.name.endsWith('/api/kernel/instantiate'))"""
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
        browser.execute_script("performance.setResourceTimingBufferSize(2000)")  # from 250
        seen(browser, ".cm-content")
        WebDriverWait(browser, 60).until(lambda b: b.execute_script(CONNECTED))
