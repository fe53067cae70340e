"""Page time that goes on while a step's own code runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from forge.workers.recording.virtual.tutorial_time import metronome
from forge.workers.recording.virtual.tutorial_time.metronome import Metronome


class Page:
    """A page that notes its ticks, and their thread."""

    def __init__(self) -> None:
        self.ticked, self.since_s = threading.Event(), 0.0
        self.threads: set[int] = set()
        self.fails = False

    def tick(self) -> None:
        self.threads.add(threading.get_ident())
        self.ticked.set()
        if self.fails:
            raise OSError("the browser is gone")

    @contextmanager
    def real_time(self, since_s: float) -> Iterator[None]:
        self.since_s = since_s
        yield


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Page:
    monkeypatch.setattr(metronome, "AWAY_S", 0.02)
    monkeypatch.setattr(metronome, "LOOK_APART_S", 0.005)
    return Page()


@pytest.fixture
def beats(page: Page) -> Iterator[Metronome]:
    made = Metronome(page.tick, page.real_time)
    yield made
    made.close()


def test_it_ticks_while_the_recording_thread_is_away(page: Page, beats: Metronome) -> None:
    beats.leave()
    assert page.ticked.wait(5)
    beats.come_back()
    assert page.since_s > 0 and threading.get_ident() not in page.threads
    page.ticked.clear()
    assert not page.ticked.wait(0.1), "the page is the recording thread's again"


def test_code_that_takes_no_time_is_no_wait(
    page: Page, beats: Metronome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metronome, "AWAY_S", 60.0)
    for _ in range(100):
        beats.leave()
        beats.come_back()
    assert not page.threads


def test_time_waiting_for_a_processor_does_not_count(
    page: Page, beats: Metronome, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued = iter(range(1000))
    monkeypatch.setattr(beats, "_have_queued_s", lambda: float(next(queued)))
    beats.leave()
    assert not page.ticked.wait(0.2)
    beats.come_back()


def test_what_goes_wrong_meanwhile_is_raised_on_return(page: Page, beats: Metronome) -> None:
    page.fails = True
    beats.leave()
    assert page.ticked.wait(5)
    with pytest.raises(OSError, match="gone"):
        beats.come_back()
    beats.leave()
    beats.come_back()


def test_an_error_is_raised_on_coming_back(page: Page, beats: Metronome) -> None:
    page.fails = True
    with pytest.raises(OSError, match="gone"), beats.away():
        assert page.ticked.wait(5)
        with beats.back():
            pytest.fail("the page is not to be driven any more")
