"""Ask hosts what `forge doctor` shows: their hello, and the time that data takes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from forge.cluster.connection import Cluster, Refused
from forge.cluster.fetching import PIECE
from forge.cluster.greeting import hello_of
from forge.cluster.setup_trial import SetupTrial, setup_trial
from forge.cluster.ways import Reached, Way
from forge.errors import ForgeError
from forge.model.hello import Hello, differences
from forge.model.settings import Settings
from forge.store.travel import for_host
from forge.workers.hello import make_hello
from forge.workers.hosting import calls

SENT_MB = 10


class Tried(NamedTuple):
    """The adapter's setup on a host: where it arrived, or why it failed and what to do."""

    arrived: str = ""
    problem: str = ""
    hint: str = ""


class Inspected(NamedTuple):
    """One machine: its hello, or why there is none.

    `differs` has its differences from home; `lanes` is the number that it offers, and `sent_s` how
    long SENT_MB took to it and back, in seconds. `tried` is None where no setup was tried. All are
    empty for home.
    """

    name: str
    hello: Hello | None = None
    problem: str = ""
    differs: tuple[str, ...] = ()
    lanes: int = 0
    sent_s: float = 0.0
    tried: Tried | None = None


def inspect(
    way: Way, settings: Settings, *, setup: bool = False, without: Sequence[Path] = ()
) -> Iterator[Inspected]:
    """Yield home, without a name, and then the hosts that `way` leads to.

    `setup`: also send the project there, without the files `without`, and try its adapter's setup.

    Raises:
        ForgeError: the project cannot travel, or no host is reached.
    """
    travelling = for_host(settings)
    home = make_hello(settings, settings.work_root)
    yield Inspected("", home)
    with ExitStack() as stack:
        trial = stack.enter_context(setup_trial(settings, home, without)) if setup else None
        reached = stack.enter_context(way())
        yield from (Inspected(name, problem=why) for name, why in reached.left_out.items())
        for name, worker in reached.workers.items():
            try:
                hello = hello_of(reached.cluster, worker.address, travelling)
                sent_s = _sent_s(reached.cluster, worker.address)
            except (ConnectionError, Refused, ForgeError) as problem:
                yield Inspected(name, problem=str(problem))
            else:
                differs = tuple(differences(home, hello))
                tried = _tried(trial, reached, name, hello) if trial else None
                yield Inspected(name, hello, "", differs, worker.lanes, sent_s, tried)


def _tried(trial: SetupTrial, reached: Reached, name: str, hello: Hello) -> Tried | None:
    """Return how the setup went on a host; None where it cannot, because something is lacking."""
    if hello.lacks:
        return None
    try:
        return Tried(trial.on(reached, name, hello.decides["clock"]))
    except ForgeError as problem:
        return Tried(problem=problem.message, hint=problem.hint)
    except ConnectionError as problem:
        return Tried(problem=str(problem))


def _sent_s(cluster: Cluster, address: str) -> float:
    """Send SENT_MB to a host and back, in pieces; return the time that it took."""
    began_s = time.monotonic()
    left = SENT_MB * 2**20
    while left:
        piece = b"\0" * min(PIECE, left)
        cluster.call(address, calls.echo, piece)
        left -= len(piece)
    return time.monotonic() - began_s
