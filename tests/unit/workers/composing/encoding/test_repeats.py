"""Packets: the number of a frame, and no message of the encoder."""

from __future__ import annotations

import pytest

from forge.errors import ComposeError
from forge.workers.composing.encoding.repeats import bare, numbered

#: Frames 1 and 10 of a GOP, as libx264 makes them of a picture that stands still.
FIRST, TENTH = bytes.fromhex("00000001419a23ff00000300"), bytes.fromhex("00000001419b43ff00000300")


def test_a_packet_gets_its_number() -> None:
    assert numbered(FIRST, 1) == numbered(TENTH, 1) == numbered(TENTH, 17) == FIRST
    assert numbered(FIRST, 10) == TENTH
    assert len({numbered(FIRST, number) for number in range(1, 17)}) == 16


def test_a_key_frame_stays_as_it_is() -> None:
    assert numbered(b"anything", 0) == b"anything"


@pytest.mark.parametrize("head", ["0000000165b804", "000001419a23ff", "00000001419e23", ""])
def test_another_encoders_packet_is_refused(head: str) -> None:
    with pytest.raises(ComposeError, match="cannot number") as caught:
        numbered(bytes.fromhex(head), 3)
    assert "PyAV" in caught.value.hint


def test_a_key_frame_is_kept_without_the_encoders_message() -> None:
    slice_ = bytes.fromhex("0000000165b804")
    message = bytes.fromhex("0000010605022a2b80")
    assert bare(message + slice_[1:]) == slice_[1:]
    assert bare(slice_) == slice_
