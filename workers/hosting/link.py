"""What both ends of a connection agree on: Dask's configuration, TLS, and which address is safe."""

from __future__ import annotations

import ipaddress
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from distributed import Security

from forge.errors import UsageError

#: What forge relies on, wherever it starts a scheduler or a worker. Users' own files of Dask's
#: configuration are read on import and may say anything.
CONFIG: dict[str, Any] = {
    "distributed.scheduler.allowed-failures": 0,  # a death is counted by forge, once
    "distributed.scheduler.work-stealing": False,
    "distributed.scheduler.worker-ttl": "60s",
    "distributed.worker.daemon": False,
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
    "distributed.admin.tick.limit": "10s",
    "distributed.comm.timeouts.connect": "30s",
    "distributed.comm.timeouts.tcp": "30s",
}
KEY_COMMAND = (
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650"
    " -subj /CN=forge -keyout forge.pem -out forge.crt && cat forge.crt >> forge.pem"
)


def security_of(key: Path | None) -> Security:
    """Return TLS by one file with key and certificate, for both ends; without a file, no TLS."""
    if key is None:
        return Security(require_encryption=False)
    file = str(key)
    return Security(
        require_encryption=True,
        tls_ca_file=file,
        **{
            f"tls_{role}_{part}": file
            for role in ("client", "scheduler", "worker")
            for part in ("cert", "key")
        },
    )


def check_address(address: str, key: Path | None, *, insecure: bool) -> None:
    """Refuse an address that is none, that is not safe, or that does not fit the key.

    Raises:
        UsageError: says what to write.
    """
    scheme, host = _parts(address)
    if scheme == "tls" and key is None:
        raise UsageError(
            f"{address} needs a key", hint="add --key FILE, the PEM file of the cluster"
        )
    if key is not None:
        if scheme == "tcp":
            raise UsageError(
                f"{address} is not encrypted, and --key was given",
                hint=f"write {address.replace('tcp:', 'tls:', 1)}, or leave out --key",
            )
        _check_key(key)
    elif not (insecure or is_loopback(host)):
        raise UsageError(
            f"{address} is not encrypted: who reaches it may run programs on every host",
            hint=f"make a key ({KEY_COMMAND}), start the scheduler with it, and write tls://… with"
            " --key forge.pem; or add --insecure if you trust everyone in this network",
        )


def is_loopback(host: str) -> bool:
    """Return True if only this machine reaches `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _parts(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
        if parts.scheme in ("tcp", "tls") and parts.hostname and parts.port:
            return parts.scheme, parts.hostname
    except ValueError:
        pass  # no such port
    raise UsageError(
        f"{address!r} is no address of a scheduler",
        hint="write tcp://HOST:PORT or tls://HOST:PORT, as `dask scheduler` prints it",
    )


def _check_key(key: Path) -> None:
    try:
        ssl.create_default_context(cafile=str(key)).load_cert_chain(key)
    except (OSError, ssl.SSLError) as problem:
        raise UsageError(
            f"--key {key} has no key and certificate that fit: {problem}",
            hint=f"make one: {KEY_COMMAND}",
        ) from problem
