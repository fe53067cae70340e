"""How a batch reaches other hosts."""

from __future__ import annotations

from pathlib import Path

from forge.model.records import Record


class HostAccess(Record):
    """The hosts that a batch may use, and the way to them.

    `hosts` is a list such as `ana:4,ben:2`, reached over ssh; `cluster` is the address of a
    scheduler that is there. One of them is given. `key` is a file with certificate and key (PEM),
    `insecure` allows a cluster without one, and `unequal` allows hosts whose versions differ.
    """

    hosts: str | None = None
    cluster: str | None = None
    key: Path | None = None
    insecure: bool = False
    unequal: bool = False
