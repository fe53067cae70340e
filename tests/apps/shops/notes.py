"""A list of notes in a file: python notes.py PORT FILE. /broken answers 500 and logs why."""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs

FILE = Path(sys.argv[2])
FORM = "<form method=post><label>New <input name=note></label><button>Add</button></form>"


class Notes(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/broken":
            print("no such table: notes", flush=True)
            self.send_error(500)
            return
        items = "".join(f"<li>{note}</li>" for note in FILE.read_text().split())
        self.answer(200, f"<title>Notes</title><ul>{items}</ul>{FORM}".encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        FILE.write_text(f"{FILE.read_text()} {parse_qs(body)['note'][0]}")
        self.send_response(303)
        self.send_header("Location", "/")
        self.end_headers()

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


HTTPServer(("127.0.0.1", int(sys.argv[1])), Notes).serve_forever()
