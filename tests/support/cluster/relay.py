"""A relay between two ends of a connection, which can stop passing bytes without closing it."""

from __future__ import annotations

import socket
import threading


class Relay:
    """Passes connections to `port` of this machine on to the port `target`, as long as it is up."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._up = threading.Event()
        self._up.set()
        self._closed = False
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Pass nothing more; connections stay open, and new ones are taken."""
        self._up.clear()

    def mend(self) -> None:
        """Pass everything on again, that which has come meanwhile first."""
        self._up.set()

    def close(self) -> None:
        """Close all connections."""
        self._closed = True
        self._up.set()
        for end in (self._listener, *self._sockets):
            end.close()

    def _accept(self) -> None:
        while not self._closed:
            try:
                inner, _ = self._listener.accept()
                self._up.wait()
                outer = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                continue
            self._sockets += [inner, outer]
            for pair in ((inner, outer), (outer, inner)):
                threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(1 << 16):
                self._up.wait()
                target.sendall(data)
        except OSError:
            pass
        source.close()
        target.close()
