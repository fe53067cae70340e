"""A local server that answers like the speech services, from a script."""

from __future__ import annotations

import base64
import io
import json
import threading
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

RATE = 24_000


def tone(seconds: float) -> bytes:
    """Return a WAV file as services stream it: with unknown lengths in its header."""
    at = np.arange(round(seconds * RATE)) / RATE
    samples = np.rint(8000 * np.sin(2 * np.pi * 440 * at)).astype("<i2")
    whole = io.BytesIO()
    with wave.open(whole, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    data = bytearray(whole.getvalue())
    data[4:8] = data[40:44] = b"\xff\xff\xff\xff"
    return bytes(data)


def timed(text: str, seconds: float = 2.0) -> bytes:
    """Return an answer of ElevenLabs: a sound of `seconds`, and `text` spread evenly over it."""
    at = [seconds * i / len(text) for i in range(len(text) + 1)]
    alignment = {
        "characters": list(text),
        "character_start_times_seconds": at[:-1],
        "character_end_times_seconds": at[1:],
    }
    sound = base64.b64encode(tone(seconds)).decode()
    return json.dumps({"audio_base64": sound, "alignment": alignment}).encode()


@dataclass(frozen=True)
class Answer:
    """One answer of the service; with `stalls`, its body never comes."""

    status: int = 200
    body: bytes = field(default_factory=lambda: tone(2.0))
    headers: dict[str, str] = field(default_factory=dict)
    stalls: bool = False


@dataclass
class Service:
    """The running server. It gives `answers` in order and repeats the last; it notes requests."""

    url: str
    answers: list[Answer]
    asked: list[dict[str, Any]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def stand_in(*answers: Answer) -> Iterator[Service]:
    """Run the server while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = json.loads(self.rfile.read(length))
            answer = service.answers[min(len(service.asked), len(service.answers) - 1)]
            service.asked.append({"path": self.path, "headers": dict(self.headers), "body": body})
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if answer.stalls:
                service.over.wait(30)
                return
            self.wfile.write(answer.body)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service = Service(f"http://127.0.0.1:{server.server_port}", list(answers) or [Answer()])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield service
        finally:
            service.over.set()
            server.shutdown()
            thread.join()
