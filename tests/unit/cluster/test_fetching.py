"""Files come home in pieces, whole and together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from forge.cluster.fetching import PIECE, append, bring_home
from forge.model.hosts import FileNote

CONTENT = {"a.srt": b"subtitles", "a.mp4": b"x" * (2 * PIECE + 5), "empty": b""}


def note(name: str, content: bytes) -> FileNote:
    return FileNote(name=name, size=len(content), sha256=hashlib.sha256(content).hexdigest())


NOTES = [note(name, content) for name, content in CONTENT.items()]


class FakeHost:
    def __init__(self) -> None:
        self.files, self.reads = dict(CONTENT), list[tuple[str, int, int]]()

    def read(self, name: str, at: int, size: int) -> bytes:
        self.reads.append((name, at, size))
        return self.files[name][at : at + size]


def test_files_arrive_in_pieces(tmp_path: Path) -> None:
    host = FakeHost()
    places = bring_home(NOTES, lambda name: tmp_path / name, host.read, nullcontext)
    assert {name: path.read_bytes() for name, path in places.items()} == CONTENT
    assert [size for name, _, size in host.reads if name == "a.mp4"] == [PIECE, PIECE, 5]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(CONTENT)


def test_file_that_was_changed_on_the_way_is_read_again(tmp_path: Path) -> None:
    host = FakeHost()
    right, host.files["a.srt"] = host.files["a.srt"], b"something"

    def read(name: str, at: int, size: int) -> bytes:
        piece = host.read(name, at, size)
        host.files["a.srt"] = right
        return piece

    bring_home(NOTES, lambda name: tmp_path / name, read, nullcontext)
    assert (tmp_path / "a.srt").read_bytes() == right


def test_file_that_stays_wrong_leaves_nothing(tmp_path: Path) -> None:
    host = FakeHost()
    host.files["a.mp4"] = b"y" + host.files["a.mp4"][1:]
    with pytest.raises(ConnectionError, match=r"a\.mp4 did not arrive as it was sent"):
        bring_home(NOTES, lambda name: tmp_path / name, host.read, nullcontext)
    assert list(tmp_path.iterdir()) == []


def test_unwanted_files_do_not_appear(tmp_path: Path) -> None:
    @contextmanager
    def committing() -> Iterator[None]:
        assert not (tmp_path / "a.mp4").exists()
        raise InterruptedError
        yield

    with pytest.raises(InterruptedError):
        bring_home(NOTES, lambda name: tmp_path / name, FakeHost().read, committing)
    assert list(tmp_path.iterdir()) == []


def test_files_appear_within_the_commit(tmp_path: Path) -> None:
    seen: list[str] = []

    @contextmanager
    def committing() -> Iterator[None]:
        yield
        seen.extend(path.name for path in tmp_path.iterdir())

    bring_home(NOTES, lambda name: tmp_path / name, FakeHost().read, committing)
    assert sorted(seen) == sorted(CONTENT)


def test_part_of_a_log_is_appended(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(b"of the first host\n")
    part = FileNote(name="a.srt", size=4, sha256="", begin=3)
    append(part, log, FakeHost().read)
    assert log.read_bytes() == b"of the first host\ntitl"
