"""Messages arrive whole and in their order, and the end of the pipe is told."""

from __future__ import annotations

import os
import threading

import pytest

from forge.project.message_pipe import MessagePipe


def test_messages_arrive_whole_and_in_order() -> None:
    pipe, sent = MessagePipe(), [b"", b"one", os.urandom(3_000_000), b"last"]
    sender = threading.Thread(target=lambda: list(map(pipe.send, sent)))
    sender.start()
    assert [pipe.receive() for _ in sent] == sent
    sender.join()
    assert not pipe.waits(0)
    pipe.keep_reading()
    assert pipe.waits(0)
    with pytest.raises(EOFError):
        pipe.receive()
    pipe.close_reading()


def test_a_message_that_is_cut_off_is_none() -> None:
    pipe = MessagePipe()
    pipe.send(b"whole")
    os.write(pipe._write_end, (10).to_bytes(8, "big") + b"half")
    pipe.keep_reading()
    assert pipe.receive() == b"whole"
    with pytest.raises(EOFError):
        pipe.receive()
    pipe.close_reading()


def test_sending_without_a_reader_is_an_error() -> None:
    pipe = MessagePipe()
    pipe.keep_writing()
    with pytest.raises(BrokenPipeError):
        pipe.send(b"lost")
    pipe.keep_reading()
