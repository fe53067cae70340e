"""Make a host ready for a batch: is it equal to home, and does it have the project?"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Sequence
from pathlib import Path

from forge.cluster.connection import Cluster
from forge.cluster.sending import pieces
from forge.cluster.ways import Reached
from forge.errors import MachineError
from forge.model.hello import Hello, differences
from forge.model.hosts import HostedBatch, OpenedBatch, RemoteTake
from forge.model.settings import Settings
from forge.version import __version__
from forge.workers.hosting import calls
from forge.workers.hosting.plugin import PROJECT

PROBE_S = 30.0  # Dask gives up dialling a host after this long
HELLO_S = 60.0  # a host may have to start a browser to ask for its version
OPEN_S = 120.0
TIMES = 3  # another batch may take the copy of the project that was just sent
DISTRIBUTION = "forge-tutorials"


class Greeting:
    """What every host is told at first, and after it was away.

    `hello` returns home's, and waits for it. `unequal`: hosts that differ are used; `differing`
    then has the differences of each, by its name. `takes` are those that each host has kept of
    earlier batches.
    """

    def __init__(
        self,
        reached: Reached,
        batch: HostedBatch,
        parcel: Path,
        hello: Callable[[], Hello],
        unequal: bool,
    ) -> None:
        self._reached, self._batch, self._parcel = reached, batch, parcel
        self._cluster = reached.cluster
        self._hello, self._unequal = hello, unequal
        self.differing: dict[str, str] = {}
        self.takes: dict[str, Sequence[RemoteTake]] = {}

    def greet(self, name: str, address: str) -> str:
        """Make the host `name` ready; return the folder of the project there.

        Raises:
            MachineError: it differs from home, or lacks something.
            ConnectionError: it does not answer.
            Refused: it could not make itself ready.
        """
        hello = hello_of(self._cluster, address, self._batch.settings)
        self._require_equal(name, hello)
        lanes = min(self._batch.lanes, self._reached.lanes_on_machine(name))
        batch = self._batch.model_copy(update={"lanes": lanes}).model_dump_json()
        for _ in range(TIMES):
            answer = self._cluster.call(address, calls.open_batch, batch, timeout_s=OPEN_S)
            opened = OpenedBatch.model_validate_json(answer)
            if opened.project:
                self.takes[name] = opened.takes
                return opened.project
            self._send(address)
        raise MachineError("other batches of the same project begin there again and again")

    def _require_equal(self, name: str, hello: Hello) -> None:
        if hello.lacks:
            raise MachineError("; ".join(hello.lacks))
        if found := differences(self._hello(), hello):
            if not self._unequal:
                raise MachineError("; ".join(found))
            self.differing[name] = "; ".join(found)

    def _send(self, address: str) -> None:
        for at, piece in pieces(self._parcel):
            self._cluster.call(address, calls.take_piece, self._batch.batch, PROJECT, at, piece)


def hello_of(cluster: Cluster, address: str, settings: Settings) -> Hello:
    """Return the hello of a host, for a project with `settings` that have travelled.

    Raises:
        MachineError, ConnectionError: as `require_this_forge`.
        Refused: it could not say.
    """
    require_this_forge(cluster, address)
    answer = cluster.call(address, calls.greet, settings.model_dump_json(), timeout_s=HELLO_S)
    return Hello.model_validate_json(answer)


def require_this_forge(cluster: Cluster, address: str) -> None:
    """Ask a host for its version, by a function of Python: another forge may lack ours.

    Raises:
        MachineError: there is no forge, or another one.
        ConnectionError: the host does not answer.
    """
    version = importlib.metadata.version
    try:
        found = cluster.run(address, version, DISTRIBUTION, timeout_s=PROBE_S)
    except ImportError:
        raise MachineError("forge is not installed there") from None
    if found != __version__:
        raise MachineError(f"it has forge {found}, and home has {__version__}")
