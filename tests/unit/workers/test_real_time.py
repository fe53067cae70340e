"""forge's own code in a worker keeps the machine's clock, whatever steps do to `time`."""

from __future__ import annotations

import ast
import time

import pytest

from forge.workers import real_time
from tests.support.project import ROOT

#: The modules that may import `time`: one keeps its functions, one patches it, one reads the
#: processor time of other processes, which nothing patches.
MAY = {
    "workers/real_time.py",
    "workers/recording/virtual/tutorial_time/patched_time.py",
    "workers/recording/virtual/page_time/quiescence.py",
}


def imports_time(text: str) -> bool:
    """Return True if a module takes anything from `time`."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import) and any(alias.name == "time" for alias in node.names):
            return True
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            return True
    return False


def test_workers_take_the_time_from_real_time() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): imports_time(path.read_text(encoding="utf-8"))
        for path in (ROOT / "workers").rglob("*.py")
    }
    assert {name for name, bare in found.items() if bare} == MAY


@pytest.mark.parametrize("text", ["import time", "from time import sleep", "import time as t"])
def test_a_bare_import_of_time_is_found(text: str) -> None:
    assert imports_time(text)


def test_patched_functions_of_time_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("time", "monotonic", "perf_counter", "sleep"):
        monkeypatch.setattr(time, name, lambda *_: pytest.fail("the patched clock was asked"))
    real_time.sleep(0)
    assert real_time.monotonic() > 0
    assert real_time.perf_counter() > 0
    assert real_time.time() > 1_700_000_000


def test_freezegun_finds_nothing_to_replace() -> None:
    own = [getattr(time, name) for name in ("time", "monotonic", "perf_counter", "sleep")]
    assert not any(value is function for value in vars(real_time).values() for function in own)
