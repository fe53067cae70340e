"""JupyterLab: a kernel over web sockets, CodeMirror 6."""

from serve import APPS, ServedApp, seen

JUPYTER = APPS / "jupyterlab" / "bin" / "jupyter"
OPTIONS = (
    "--no-browser",
    "--allow-root",
    "--ServerApp.port_retries=0",
    "--IdentityProvider.token=",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
)


class Lab(ServedApp):
    def start(self, slot):
        super().start(slot)
        self.notes = self.fresh("notebooks")
        port = slot.free_port()
        self.url = f"http://127.0.0.1:{port}/lab"
        there = (f"--port={port}", f"--ServerApp.root_dir={self.notes}")
        self.serve([JUPYTER, "lab", *OPTIONS, *there], self.url)

    def setup(self, browser, ctx):
        self.fresh("notebooks")
        (self.notes / "sales.csv").write_text("month,sold\nJan,12\nFeb,19\nMar,7\n")
        browser.get(self.url + "?reset")
        seen(browser, ".jp-LauncherCard")
