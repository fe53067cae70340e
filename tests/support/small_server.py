"""A server that starts in 30 ms, for tests of what starts servers.

python -S small_server.py PORT [STATUS [FOLDER]]

It prints its address, answers every request with STATUS and its HOME, and takes a free port for
PORT 0. Each start adds a line to the file `starts` in FOLDER.
"""

import os
import socket
import sys

port, status, folder = (*sys.argv[1:], "200", "")[:3]
if folder and os.path.isdir(folder):  # noqa: PTH112 (pathlib would double its start)
    with open(f"{folder}/starts", "a") as file:  # noqa: PTH123
        file.write("start\n")
with socket.create_server(("127.0.0.1", int(port))) as server:
    print(f"listening on http://127.0.0.1:{server.getsockname()[1]}/", flush=True)
    while True:
        client, _ = server.accept()
        request = client.recv(9999) if status != "silent" else b""
        if request:
            print(f"asked for {request.split()[1].decode()}", flush=True)
            body = os.environ.get("HOME", "")
            client.sendall(f"HTTP/1.0 {status} X\r\n\r\n{body}".encode())
        client.close()
