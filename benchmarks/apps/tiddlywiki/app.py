"""TiddlyWiki: one page, an editor in a frame."""

import subprocess

from serve import NODE, ServedApp, seen


class Wiki(ServedApp):
    def setup(self, browser, ctx):
        self.stop()
        folder = self.fresh("wiki")
        wiki = NODE / "tiddlywiki"
        subprocess.run([wiki, folder, "--init", "server"], check=True, capture_output=True)
        port = self.slot.free_port()
        url = f"http://127.0.0.1:{port}/"
        self.serve([wiki, folder, "--listen", f"port={port}", "username=ada"], url)
        browser.get(url)
        seen(browser, ".tc-site-title")
