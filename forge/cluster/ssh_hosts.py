"""Hosts as `--hosts` names them, and the command that starts a worker on one over ssh."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from typing import NamedTuple

from forge.errors import UsageError
from forge.model.hosts import LOOPBACK
from forge.text.sanitize import clean

#: `user@name:lanes`; a name begins with a letter or digit, so that it is no option of ssh.
_HOST = re.compile(
    r"(?P<target>(?:[\w.-]+@)?(?:(?P<name>\w[\w.-]*)|\[(?P<address>[0-9a-fA-F:.]+(?:%\w+)?)\]))"
    r"(?::(?P<lanes>[1-9]\d{0,3}))?",
    re.ASCII,
)
LIST_HINT = "write hosts with their numbers of lanes, as for ssh: --hosts ana:4,user@ben:2"

SSH = ("ssh",)
#: No questions; an end when a port cannot be forwarded, or when the host is silent for 20 s.
OPTIONS = {
    "BatchMode": "yes",
    "ExitOnForwardFailure": "yes",
    "ConnectTimeout": "15",
    "ServerAliveInterval": "5",
    "ServerAliveCountMax": "4",
    # A shared connection would outlive this process, and keep its ports.
    "ControlPath": "none",
    "ForwardAgent": "no",
    "ForwardX11": "no",
    "RequestTTY": "no",
}


class Host(NamedTuple):
    """A host: its name in reports, what ssh calls it, and its lanes (None: as many as fit)."""

    name: str
    target: str
    lanes: int | None


class Ports(NamedTuple):
    """Ports on loopback: of the scheduler, at home and on the host; of the worker, likewise."""

    scheduler: int
    scheduler_there: int
    worker: int
    worker_there: int


def hosts_from(text: str) -> tuple[Host, ...]:
    """Return the hosts of a list such as `ana:4,user@ben`.

    Raises:
        UsageError: it names no host, one that ssh cannot take, or one of them twice.
    """
    hosts: dict[str, Host] = {}
    for part in text.split(","):
        found = _HOST.fullmatch(part.strip())
        if found is None:
            what = f"{part.strip()!r} is no host" if part.strip() else "a host is missing"
            raise UsageError(clean(f"--hosts {text}: {what}"), hint=LIST_HINT)
        name = found["name"] or found["address"]
        target = found["target"].replace("[", "").replace("]", "")
        if name.lower() in hosts:
            raise UsageError(
                f"--hosts {text}: {name} is named twice",
                hint=f"name it once, with all its lanes: {name}:8",
            )
        hosts[name.lower()] = Host(name, target, int(found["lanes"]) if found["lanes"] else None)
    return tuple(hosts.values())


def ssh_command(host: Host, ports: Ports, zone: str, program: Sequence[str] = SSH) -> list[str]:
    """Return the command that runs a worker on `host`, connected to the scheduler of this machine.

    Its two ports are forwarded on loopback, one in each direction. `zone` is the time zone that
    pages show there. `program` is ssh, with options before all others.
    """
    options = [word for name, value in OPTIONS.items() for word in ("-o", f"{name}={value}")]
    back = f"{LOOPBACK}:{ports.scheduler_there}:{LOOPBACK}:{ports.scheduler}"
    forth = f"{LOOPBACK}:{ports.worker}:{LOOPBACK}:{ports.worker_there}"
    worker = shlex.join(
        [
            *("forge", "worker", f"tcp://{LOOPBACK}:{ports.scheduler_there}", "--once"),
            *("--name", host.name, "--jobs", str(host.lanes or "auto")),
            *("--listen", f"{LOOPBACK}:{ports.worker_there}"),
            *("--contact", f"tcp://{LOOPBACK}:{ports.worker}"),
        ]
    )
    # A shell that is not a login shell often lacks the folder that `pip install --user` uses.
    script = f'export PATH="$PATH:$HOME/.local/bin" TZ={shlex.quote(zone)}; exec {worker}'
    # `sh`, because the user's own shell on the host may be none of POSIX.
    remote = f"exec sh -c {shlex.quote(script)}"
    return [*program, *options, "-R", back, "-L", forth, "--", host.target, remote]


class Ended(NamedTuple):
    """The end of an ssh command: its exit code, and the last lines that it printed.

    `was_ready`: the worker had been ready.
    """

    code: int
    lines: Sequence[str]
    was_ready: bool = False

    @property
    def ports_taken(self) -> bool:
        """True if a port was in use, so that others may work."""
        text = self._text.lower()
        return "address already in use" in text or "forwarding failed for listen port" in text

    @property
    def _text(self) -> str:
        return clean("; ".join(self.lines[-3:]) or f"exit code {self.code}")

    def why(self, host: Host) -> str:
        """Return a sentence on why the worker on `host` has ended, with what to do."""
        name, text = host.target, " ".join(self.lines)
        install = 'pip install "forge-tutorials[cluster]" there, and link forge into ~/.local/bin'
        if self.code == 127 or "forge: not found" in text:
            return f"there is no forge on the PATH of {name}: {install}"
        if "invalid choice: 'worker'" in text:
            return f"{name} has an older forge: {install}"
        for sign, advice in _ADVICE.items():
            if sign in text:
                return f"ssh does not reach {name}: {self._text} ({advice.format(name=name)})"
        if self.code == 255:
            return f"ssh to {name} has ended: {self._text}"
        return f"forge worker on {name} has ended: {self._text}"


#: What to do about a message of ssh.
_ADVICE = {
    "Permission denied": "`ssh {name}` must log in without a question: `ssh-copy-id {name}`, or"
    " load the key into ssh-agent",
    "Host key verification failed": "log in once by hand, and compare the key: `ssh {name}`",
    "Could not resolve hostname": "name it in ~/.ssh/config, or write its address",
    "Connection refused": "is sshd running there?",
    "Connection timed out": "is it switched on, and on this network?",
    "No route to host": "is it switched on, and on this network?",
}
