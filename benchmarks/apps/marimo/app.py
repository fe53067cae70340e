"""marimo: a notebook over a web socket, 250 files, shadow DOM."""

import shutil
from pathlib import Path

from selenium.webdriver.support.expected_conditions import text_to_be_present_in_element as text_in
from selenium.webdriver.support.wait import WebDriverWait
from serve import APPS, ServedApp

from forge import By

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
        WebDriverWait(browser, 60).until(text_in((By.TAG_NAME, "body"), "Nothing is counted yet"))
