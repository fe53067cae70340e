"""Streamlit: every change runs the script again, over a web socket; Vega draws the chart."""

from pathlib import Path

from serve import APPS, ServedApp, seen

STREAMLIT = APPS / "streamlit" / "bin" / "streamlit"
BOARD = Path(__file__).parent / "board.py"
OPTIONS = (
    "--server.headless=true",
    "--server.address=127.0.0.1",
    "--server.fileWatcherType=none",
    "--browser.gatherUsageStats=false",
)


class Board(ServedApp):
    def start(self, slot):
        super().start(slot)
        port = slot.free_port()
        self.url = f"http://127.0.0.1:{port}/"
        self.serve([STREAMLIT, "run", BOARD, *OPTIONS, f"--server.port={port}"], self.url)

    def setup(self, browser, ctx):
        browser.get(self.url)
        seen(browser, "[data-testid=stVegaLiteChart] :is(canvas, svg)")
