"""The place of a running job on a machine: its number, its folders, free ports."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Place:
    """What a slot is made of; `forge.adapters.contract.Slot` explains it to users."""

    index: int
    dir: Path
    project_dir: Path = Path()
    log_dir: Path | None = None
    #: Sessions of browsers that have signed in, in the memory of the worker alone.
    sessions: dict[str, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def free_port(self) -> int:
        """Return a free TCP port of the loopback interface.

        Bind it at once: another process may take it as well.
        """
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
            return port
