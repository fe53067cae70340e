"""The contract of adapters: what a slot and a context give."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import cast

import pytest

from forge.adapters.contract import Adapter, Context, NoAdapter, Slot

SLOT = Slot(0, Path("/tmp/slot-0"))


def test_free_port_can_be_bound() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", SLOT.free_port()))


def test_downloads_lie_in_the_slots_folder() -> None:
    assert Context(None, SLOT, "tour").downloads == SLOT.downloads
    assert SLOT.downloads.parent == SLOT.dir


@pytest.mark.parametrize("name", ["lang", "job"])
def test_reading_language_or_job_is_personal(name: str) -> None:
    context = Context("es", SLOT, "tour.es")
    assert not context.personal
    assert getattr(context, name) in ("es", "tour.es")
    assert context.personal


def test_other_values_are_not_personal() -> None:
    context = Context("es", SLOT, "tour.es")
    context.on_teardown(list)
    context.sleep(0)
    assert (context.slot, context.state, context.teardowns) == (SLOT, None, [list])
    assert not context.personal


def test_base_class_does_nothing() -> None:
    adapter, browser = Adapter(), cast("object", None)
    context = Context(None, SLOT, "tour")
    adapter.start(SLOT)
    assert adapter.setup(browser, context) is None  # type: ignore[arg-type]
    adapter.teardown(browser, context)  # type: ignore[arg-type]
    adapter.stop()
    assert (Adapter.parallel_safe, NoAdapter.parallel_safe) == (False, True)
