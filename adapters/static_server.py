"""Serve a folder of plain pages: a program of its own, which prints its address.

python static_server.py FOLDER
"""

from __future__ import annotations

import os
import re
import sys
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO, cast

#: One range of bytes. An answer to several would have parts, and browsers ask for one at a time.
RANGE = re.compile(r"bytes=(?:(\d+)-(\d*)|-(\d+))")


class Pages(SimpleHTTPRequestHandler):
    """Answers with files, and with parts of files; a folder without index.html is not found."""

    protocol_version = "HTTP/1.1"  # one connection for many files

    def list_directory(self, path: object) -> None:
        """Answer that there is no page, in place of a list of files."""
        self.send_error(404, "There is no index.html in this folder")

    def send_head(self) -> BinaryIO | None:
        """Answer to a request for a part of a file with that part: films and sounds need it.

        A browser can neither seek in a film nor tell how long some are without it.
        """
        asked = RANGE.fullmatch(self.headers.get("Range", "").strip())
        path = self.translate_path(self.path)
        if self.command != "GET" or not asked or not os.path.isfile(path):  # noqa: PTH113 ("a/")
            return super().send_head()
        try:
            file = Path(path).open("rb")  # noqa: SIM115 (`copyfile` reads it, `do_GET` closes it)
        except OSError:
            self.send_error(HTTPStatus.NOT_FOUND, "File not found")
            return None
        size = os.fstat(file.fileno()).st_size
        first, end = _bounds(asked, size)
        if first >= end:
            file.close()
            self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            self.send_header("Content-Range", f"bytes */{size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        self.send_response(HTTPStatus.PARTIAL_CONTENT)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Range", f"bytes {first}-{end - 1}/{size}")
        self.send_header("Content-Length", str(end - first))
        self.end_headers()
        file.seek(first)
        return cast("BinaryIO", _Part(file, end - first))

    def end_headers(self) -> None:
        """Add that parts can be had, and that nothing is cached: each render loads files anew."""
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Cache-Control", "no-store")
        super().end_headers()


class Server(ThreadingHTTPServer):
    """Prints no traceback if a browser closes a connection, as it does to seek in a film."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Print what went wrong, unless the connection was closed."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Part:
    """Reads `left` bytes of a file from where it stands."""

    def __init__(self, file: BinaryIO, left: int) -> None:
        self._file, self._left = file, left

    def read(self, size: int) -> bytes:
        data = self._file.read(min(size, self._left))
        self._left -= len(data)
        return data

    def close(self) -> None:
        self._file.close()


def _bounds(asked: re.Match[str], size: int) -> tuple[int, int]:
    """Return the first byte that is asked for, and the one after the last."""
    first, last, from_end = asked.groups()
    if from_end is not None:
        return max(0, size - int(from_end)), size if int(from_end) else 0
    return int(first), min(size, int(last) + 1) if last else size


def main() -> None:
    """Serve until the process is ended."""
    with Server(("127.0.0.1", 0), partial(Pages, directory=sys.argv[1])) as server:
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
