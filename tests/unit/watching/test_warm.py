"""The warm process: it forks for each work, stops one, and leaves nothing behind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from forge.errors import MachineError, TutorialError
from forge.watching.warm import Stopped, WarmProcess, Work
from tests.support.processes import eventually

pytestmark = pytest.mark.slow
MODULE = "tests.support.warm_work"


@pytest.fixture(scope="module")
def warm() -> Iterator[WarmProcess]:
    warm = WarmProcess([MODULE])
    yield warm
    warm.close()


def do(warm: WarmProcess, name: str, *given: Any, until: Any = lambda news: True) -> Any:
    news: list[Any] = []
    result = warm.do(Work(f"{MODULE}:{name}", given, 60), news.append, lambda: until(news))
    return result, news


def test_forks_of_one_process_work_with_its_modules(warm: WarmProcess) -> None:
    (loaded, first), news = do(warm, "loaded_and_own")
    (again, second), _ = do(warm, "loaded_and_own")
    assert news == ["works"]
    assert loaded == again
    assert len({loaded, first, second, os.getpid()}) == 4


def test_error_of_the_work_is_raised_here(warm: WarmProcess) -> None:
    with pytest.raises(TutorialError, match=r"tour\.py is wrong") as caught:
        do(warm, "refuse", "tour.py is wrong")
    assert caught.value.hint == "do otherwise"


def test_work_that_is_stopped_cleans_up(warm: WarmProcess, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        do(warm, "hang", tmp_path / "note", until=lambda news: not news)
    assert (tmp_path / "note").read_text() == "cleaned up"
    (_, own), _ = do(warm, "loaded_and_own")
    assert own, "the process goes on"


def test_process_that_dies_is_replaced_with_the_next_work(warm: WarmProcess) -> None:
    with pytest.raises(MachineError, match="has ended unexpectedly"):
        do(warm, "die")
    assert do(warm, "loaded_and_own")[1] == ["works"]


def test_nothing_is_left_after_the_end(tmp_path: Path) -> None:
    warm = WarmProcess([MODULE])
    (loaded, _), _ = do(warm, "loaded_and_own")
    warm.close()
    assert eventually(lambda: not Path(f"/proc/{loaded}").exists())
    warm.close()
