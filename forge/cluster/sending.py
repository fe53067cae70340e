"""Send a host what a job needs and only home has: sounds, and a recording. Nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from forge.cluster.fetching import PIECE, TRIES
from forge.model.hosts import HomeTake, Ticket
from forge.model.records import Event, EventKind
from forge.store.file_notes import is_whole, noted
from forge.store.freshness import KeptTake
from forge.workers.hosting import calls

#: Calls a function of `forge.workers.hosting.calls` for the batch, on the host.
Call = Callable[..., Any]
Tell = Callable[[Event], object]


def send_sounds(sounds: Sequence[Path], project_dir: Path, call: Call) -> None:
    """Send the `sounds` that the host lacks, into its own cache.

    Raises:
        ConnectionError, Refused, OSError: as `call`, and where a sound cannot be read.
    """
    paths = {path.relative_to(project_dir).as_posix(): path for path in sounds}
    if not paths:
        return
    digests = {name: noted(path).sha256 for name, path in paths.items()}
    for name in call(calls.missing, digests):
        call(calls.put_file, name, paths[name].read_bytes())


def send_take(takes: Iterable[KeptTake], ticket: Ticket, call: Call, tell: Tell) -> None:
    """Send the first of the `takes` that is whole, unless the host has it.

    `tell` gets an event for each piece, and a warning for a take that is damaged.

    Raises:
        ConnectionError: it did not arrive whole; and as `call`.
        Refused, OSError: as `call`, and where the take cannot be read.
    """
    for folder, printed in takes:
        take = HomeTake(job=folder.name, prints=printed.prints, files=printed.files)
        text = take.model_dump_json()
        if not call(calls.lacks_take, ticket.job.model_dump_json(), text):
            return
        if not all(is_whole(folder / name, note) for name, note in take.files.items()):
            tell(_event("warning", ticket, f"the take in {folder} is damaged: not sent"))
            continue
        for _ in range(TRIES):
            for name in take.files:
                _send(folder / name, f"{ticket.slot}/{name}", ticket, call, tell)
            if call(calls.keep_take, f"{ticket.slot}", text):
                return
        raise ConnectionError(f"the take of {take.job} did not arrive as it was sent")


def pieces(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the pieces of a file, each with the place of its first byte."""
    with path.open("rb") as file:
        at = 0
        while piece := file.read(PIECE):
            yield at, piece
            at += len(piece)


def _send(path: Path, name: str, ticket: Ticket, call: Call, tell: Tell) -> None:
    for at, piece in pieces(path):
        tell(_event("send", ticket, path.name))
        call(calls.take_piece, name, at, piece)


def _event(kind: EventKind, ticket: Ticket, text: str) -> Event:
    return Event(kind=kind, slot=ticket.slot, job=ticket.job.name, text=text)
