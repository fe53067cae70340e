"""The heap of a worker: one arena for all threads, and free memory goes back to the system."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from types import SimpleNamespace

import pytest

from forge.workers import heap
from tests.support import glibc
from tests.support.project import ROOT

needs_glibc = pytest.mark.skipif(not glibc.IS_GLIBC, reason="needs glibc")
ARENAS = """
import sys
from forge.workers import heap
from tests.support import glibc
if sys.argv[1] == "one":
    heap.use_one_arena()
glibc.allocate_in_threads(4)
print(glibc.arenas())
"""


@needs_glibc
@pytest.mark.parametrize(("wanted", "is_one"), [("one", True), ("usual", False)])
def test_threads_share_one_arena(wanted: str, is_one: bool) -> None:
    words = [sys.executable, "-c", ARENAS, wanted]
    arenas = int(subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    assert (arenas == 1) is is_one


@needs_glibc
@pytest.mark.parametrize(("kept", "is_given"), [(0, True), (1 << 40, False)])
def test_free_memory_between_blocks_in_use_is_given_back_if_it_is_much(
    monkeypatch: pytest.MonkeyPatch, kept: int, is_given: bool
) -> None:
    monkeypatch.setattr(heap, "KEPT", kept)
    glibc.scatter()
    before = glibc.resident()
    heap.give_back()
    assert (before - glibc.resident() > glibc.SIZE / 2) is is_given


def test_other_libraries_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: SimpleNamespace())
    heap.use_one_arena()
    heap.give_back()
