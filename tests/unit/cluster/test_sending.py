"""A take of home on its way to a host: only if it lacks it, whole, and in pieces."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from forge.cluster.fetching import PIECE
from forge.cluster.sending import send_take
from forge.model.hosts import HomeTake, Ticket
from forge.model.records import Event
from forge.store.file_notes import notes_of
from forge.store.fingerprint import Printed
from forge.store.freshness import KeptTake
from forge.workers.hosting import calls
from tests.support.jobs import job

TICKET = Ticket(batch="b", slot=3, topic="t", job=job("tour", "es"))


class FakeHost:
    """A host that lacks every take, and damages the first `damaged` that it gets."""

    def __init__(self, *, lacks: bool = True, damaged: int = 0) -> None:
        self.lacks, self.damaged = lacks, damaged
        self.files: dict[str, bytes] = {}
        self.pieces: list[int] = []
        self.kept: list[str] = []

    def call(self, function: calls.Call, *args: Any) -> Any:
        if function is calls.lacks_take:
            return self.lacks
        if function is calls.take_piece:
            name, at, piece = args
            self.files[name] = self.files.get(name, b"")[:at] + piece
            self.pieces.append(len(piece))
            return None
        assert function is calls.keep_take
        folder, text = args
        take = HomeTake.model_validate_json(text)
        self.damaged -= 1
        whole = self.damaged < 0
        for name, note in take.files.items():
            assert sha256(self.files.pop(f"{folder}/{name}")).hexdigest() == note.sha256
        self.kept += [take.job] if whole else []
        return whole


def kept(folder: Path, name: str) -> KeptTake:
    """Return a take with a file of more than one piece."""
    work_dir = folder / name
    work_dir.mkdir()
    files = {"take.json": b"{}", "frames.bin": b"f" * (PIECE + 5)}
    for file, content in files.items():
        (work_dir / file).write_bytes(content)
    notes = notes_of(work_dir / file for file in files)
    return KeptTake(work_dir, Printed(prints={"steps": "1"}, files=notes))


def sent(host: FakeHost, *takes: KeptTake) -> list[Event]:
    events: list[Event] = []
    send_take(takes, TICKET, host.call, events.append)
    return events


def test_take_is_sent_in_pieces(tmp_path: Path) -> None:
    host = FakeHost()
    events = sent(host, kept(tmp_path, "tour.en"), kept(tmp_path, "tour.fr"))
    assert host.kept == ["tour.en"], "one is enough"
    assert host.pieces == [2, PIECE, 5]
    assert {event.kind for event in events} == {"send"}


def test_take_that_is_there_is_not_sent(tmp_path: Path) -> None:
    host = FakeHost(lacks=False)
    assert sent(host, kept(tmp_path, "tour.en")) == []
    assert host.pieces == []


def test_damaged_take_is_passed_over(tmp_path: Path) -> None:
    damaged, whole = kept(tmp_path, "tour.en"), kept(tmp_path, "tour.fr")
    (damaged.folder / "frames.bin").write_bytes(b"")
    host = FakeHost()
    warning, *_ = sent(host, damaged, whole)
    assert (warning.kind, warning.job) == ("warning", "tour.es")
    assert warning.text == f"the take in {damaged.folder} is damaged: not sent"
    assert host.kept == ["tour.fr"]


def test_take_that_does_not_arrive_whole_is_sent_again(tmp_path: Path) -> None:
    take = kept(tmp_path, "tour.en")
    host = FakeHost(damaged=1)
    sent(host, take)
    assert host.kept == ["tour.en"]
    with pytest.raises(ConnectionError, match=r"take of tour\.en did not arrive as it was sent"):
        sent(FakeHost(damaged=2), take)
