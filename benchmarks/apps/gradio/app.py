"""Gradio: `fetch` and event streams, a heartbeat that never ends."""

from pathlib import Path

from serve import APPS, ServedApp, seen

PYTHON = APPS / "gradio" / "bin" / "python"
PAGE = Path(__file__).parent / "page.py"


class Desk(ServedApp):
    def start(self, slot):
        super().start(slot)
        port = slot.free_port()
        self.url = f"http://127.0.0.1:{port}/"
        env = {"PORT": str(port), "GRADIO_ANALYTICS_ENABLED": "False"}
        self.serve([PYTHON, PAGE], self.url, env=env)

    def setup(self, browser, ctx):
        browser.get(self.url)
        seen(browser, "#ask")
