"""Hosts on the command line, the command of ssh, and what its end means."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from forge.cluster.ssh_hosts import Ended, Host, Ports, hosts_from, ssh_command
from forge.errors import UsageError

PORTS = Ports(scheduler=1001, scheduler_there=2002, worker=3003, worker_there=4004)
ANA = Host("ana", "me@ana", 4)


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("ana:4,ben:2", [("ana", "ana", 4), ("ben", "ben", 2)]),
        ("ana", [("ana", "ana", None)]),
        (" ana:4 , me@ben.de ", [("ana", "ana", 4), ("ben.de", "me@ben.de", None)]),
        ("10.0.0.7:12", [("10.0.0.7", "10.0.0.7", 12)]),
        ("me@[fe80::1%eth0]:3", [("fe80::1%eth0", "me@fe80::1%eth0", 3)]),
    ],
)
def test_list_of_hosts(text: str, hosts: list[tuple[str, str, int | None]]) -> None:
    assert [tuple(host) for host in hosts_from(text)] == hosts


@pytest.mark.parametrize(
    "text",
    ["", ",", "ana,", "ana:0", "ana:four", "ana:4:2", "-oProxyCommand=x", "a b", "@ana", "::1"],
)
def test_wrong_list_says_what_to_write(text: str) -> None:
    with pytest.raises(UsageError) as problem:
        hosts_from(text)
    assert problem.value.exit_code == 2
    assert "--hosts ana:4,user@ben:2" in problem.value.hint


@pytest.mark.parametrize("text", ["ana,ana", "ana:4,Ana:2", "me@ana,you@ana:3"])
def test_host_that_is_named_twice_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is named twice") as problem:
        hosts_from(text)
    assert "ana:8" in problem.value.hint.lower()


def test_command_forwards_two_ports_of_loopback() -> None:
    command = ssh_command(ANA, PORTS, "Europe/Berlin", ("ssh", "-F", "config"))
    assert command[:3] == ["ssh", "-F", "config"]
    options = [command[at + 1] for at, word in enumerate(command) if word == "-o"]
    assert {
        *("BatchMode=yes", "ExitOnForwardFailure=yes", "ServerAliveInterval=5"),
        *("ServerAliveCountMax=4", "ControlPath=none", "ForwardAgent=no"),
    } <= set(options)
    assert command[command.index("-R") + 1] == "127.0.0.1:2002:127.0.0.1:1001"
    assert command[command.index("-L") + 1] == "127.0.0.1:3003:127.0.0.1:4004"
    assert command[-3:-1] == ["--", "me@ana"]


@pytest.mark.parametrize(("host", "lanes"), [(ANA, "4"), (Host("ana", "ana", None), "auto")])
def test_command_starts_a_worker_in_any_shell(tmp_path: Path, host: Host, lanes: str) -> None:
    remote = ssh_command(host, PORTS, "Europe/Berlin")[-1]
    assert shlex.split(remote)[:3] == ["exec", "sh", "-c"]
    (tmp_path / "forge").write_text('#!/bin/sh\necho "$TZ" "$@"\n')
    (tmp_path / "forge").chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": "/home/ana"}
    for shell in ("sh", "bash"):
        done = subprocess.run(
            [shell, "-c", remote], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == (
            f"Europe/Berlin worker tcp://127.0.0.1:2002 --once --name ana --jobs {lanes}"
            " --listen 127.0.0.1:4004 --contact tcp://127.0.0.1:3003"
        )


@pytest.mark.parametrize(
    ("code", "line", "why"),
    [
        (127, "sh: 1: exec: forge: not found", "there is no forge on the PATH of me@ana: pip"),
        (2, "invalid choice: 'worker' (choose from …)", "me@ana has an older forge"),
        (255, "me@ana: Permission denied (publickey).", "ssh-copy-id me@ana"),
        (255, "Host key verification failed.", "log in once by hand"),
        (255, "Timeout, server ana not responding.", "ssh to me@ana has ended: Timeout"),
        (2, "error: the extra is missing", "forge worker on me@ana has ended: error: the extra"),
        (137, "", "forge worker on me@ana has ended: exit code 137"),
    ],
)
def test_end_says_what_happened(code: int, line: str, why: str) -> None:
    assert why in Ended(code, [line] if line else []).why(ANA)


@pytest.mark.parametrize(
    ("line", "taken"),
    [
        ("Error: remote port forwarding failed for listen port 2002", True),
        ("bind [127.0.0.1]:3003: Address already in use", True),
        ("error: address already in use: 127.0.0.1:4004", True),
        ("Permission denied (publickey).", False),
    ],
)
def test_taken_port_is_known(line: str, taken: bool) -> None:
    assert Ended(255, [line]).ports_taken is taken
