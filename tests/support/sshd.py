"""A real sshd on loopback, with a key of its own, for tests that start workers over ssh."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

import pytest

LOOPBACK = "127.0.0.1"
SSHD = "/usr/sbin/sshd"


class Keys(NamedTuple):
    """The key of the user, and that of all hosts; each with `.pub` beside it."""

    user: Path
    host: Path


def require_sshd() -> None:
    """Skip the test where there is no sshd."""
    for program in (SSHD, "ssh-keygen", "ssh"):
        if shutil.which(program) is None:
            pytest.skip(f"there is no {program}: apt-get install openssh-server openssh-client")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # made at boot, and in no container


def make_keys(folder: Path) -> Keys:
    """Make both keys in `folder`."""
    keys = Keys(folder / "user", folder / "host")
    for key in keys:
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)]
        subprocess.run(command, check=True)
    return keys


class Hosts:
    """Hosts on this machine: an sshd for each, and the ssh that reaches them by name."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        self.folder, self._keys = folder, keys
        self._ports: dict[str, int] = {}
        self.config = folder / "ssh_config"
        self._write()

    @property
    def ssh(self) -> Sequence[str]:
        """The program that reaches them."""
        return "ssh", "-F", str(self.config)

    def cache(self, name: str) -> Path:
        """Return the host's folder for caches."""
        return self.folder / name / "cache"

    @contextmanager
    def host(self, name: str, programs: Path, **environment: str) -> Iterator[None]:
        """Run the sshd of the host `name`; its PATH begins with the folder `programs`."""
        place = self.folder / name
        self.cache(name).mkdir(parents=True)
        (place / "keys").write_text(self._keys.user.with_suffix(".pub").read_text())
        port = self._ports[name] = free_port()
        path = f"{programs}:/usr/bin:/bin"
        variables = {"PATH": path, "HOME": str(place), "XDG_CACHE_HOME": str(self.cache(name))}
        config = place / "sshd_config"
        config.write_text(self._sshd_config(place, port, variables | environment))
        self._write()
        command = [SSHD, "-D", "-e", "-f", str(config)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as sshd:
            assert sshd.stderr
            told = iter(sshd.stderr.readline, "")
            begin = list(takewhile(lambda line: "Server listening" not in line, told))
            assert sshd.poll() is None, begin
            drain = threading.Thread(target=list, args=(told,))  # keeps the pipe empty
            drain.start()
            try:
                yield
            finally:
                sshd.terminate()
                drain.join()

    def name(self, alias: str, port: int) -> None:
        """Let ssh find the host `alias` at `port`, where there may be no sshd."""
        self._ports[alias] = port
        self._write()

    def _sshd_config(self, place: Path, port: int, variables: Mapping[str, str]) -> str:
        pairs = " ".join(f'"{name}={value}"' for name, value in variables.items())
        return (
            f"Port {port}\nListenAddress {LOOPBACK}\nHostKey {self._keys.host}\nPidFile none\n"
            f"AuthorizedKeysFile {place / 'keys'}\nStrictModes no\nUsePAM no\n"
            f"PasswordAuthentication no\nKbdInteractiveAuthentication no\n"
            f"PermitRootLogin prohibit-password\nSetEnv {pairs}\n"
        )

    def _write(self) -> None:
        kind, key, *_ = self._keys.host.with_suffix(".pub").read_text().split()
        known = self.folder / "known_hosts"
        known.write_text(
            "".join(f"[{LOOPBACK}]:{port} {kind} {key}\n" for port in self._ports.values())
        )
        self.config.write_text(
            "".join(
                f"Host {name}\n  HostName {LOOPBACK}\n  Port {port}\n"
                for name, port in self._ports.items()
            )
            + f"Host *\n  User {getpass.getuser()}\n  IdentityFile {self._keys.user}\n"
            f"  IdentitiesOnly yes\n  IdentityAgent none\n  UserKnownHostsFile {known}\n"
            f"  StrictHostKeyChecking yes\n"
        )


def free_port() -> int:
    """Return a port of loopback that is free now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def program(folder: Path, name: str, code: str) -> Path:
    """Write a program in Python into `folder`, which is made; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!{sys.executable} -P\n{code}")
    path.chmod(0o755)
    return folder
