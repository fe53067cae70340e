"""Serve a folder of plain pages: a program of its own, which prints its address.

python static_server.py FOLDER
"""

from __future__ import annotations

import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer


class Pages(SimpleHTTPRequestHandler):
    """Answers with files; a folder without index.html is not found."""

    protocol_version = "HTTP/1.1"  # one connection for many files

    def list_directory(self, path: object) -> None:
        """Answer that there is no page, in place of a list of files."""
        self.send_error(404, "There is no index.html in this folder")

    def end_headers(self) -> None:
        """Add that nothing is cached: each render loads the files anew."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()


def main() -> None:
    """Serve until the process is ended."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Pages, directory=sys.argv[1])) as server:
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
