"""A stand-in for `forge worker … --once`: tells the scheduler its name, then answers on its port.

It prints the line that home waits for, and ends when stdin does.
"""

from __future__ import annotations

import socket
import sys
import threading


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2])


def option(name: str) -> str:
    return sys.argv[sys.argv.index(name) + 1]


def main() -> None:
    listening = socket.create_server(("127.0.0.1", port_of(option("--listen"))))
    contact = port_of(option("--contact"))
    scheduler = socket.create_connection(("127.0.0.1", port_of(sys.argv[2])))
    scheduler.sendall(f"{option('--name')} {option('--jobs')} {contact}\n".encode())
    print("a line of a shell's start file")
    print("forge worker: ready", flush=True)
    threading.Thread(target=answer, args=(listening, option("--name")), daemon=True).start()
    sys.stdin.read()


def answer(listening: socket.socket, name: str) -> None:
    while True:
        caller, _ = listening.accept()
        with caller:
            caller.sendall(f"I am {name}".encode())


main()
