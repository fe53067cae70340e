"""The clock of waits: none fails early, on the page's clock or the machine's."""

from __future__ import annotations

from forge.workers.recording.virtual.tutorial_time.wait_clock import WaitClock


class Times:
    """Page time and machine time, which a test moves."""

    def __init__(self) -> None:
        self.page_s, self.machine_s = 3.0, 700.0
        self.clock = WaitClock(lambda: self.page_s, lambda: self.machine_s)

    def pass_by(self, page_s: float, machine_s: float, *, out: bool) -> float:
        self.page_s += page_s
        self.machine_s += machine_s
        return self.clock.read(out=out)


def test_it_follows_page_time_without_outsides() -> None:
    times = Times()
    began_s = times.pass_by(0, 0, out=False)
    assert times.pass_by(10, 0.3, out=False) - began_s == 10


def test_it_follows_the_machine_while_something_is_out() -> None:
    times = Times()
    began_s = times.pass_by(0, 0, out=False)
    assert times.pass_by(0, 14, out=True) - began_s == 14, "page time stands still for a server"
    assert times.pass_by(8, 4, out=True) - began_s == 18


def test_it_stands_until_the_machine_has_caught_up() -> None:
    times = Times()
    began_s = times.pass_by(0, 0, out=False)
    times.pass_by(9, 1, out=False)
    assert times.pass_by(5, 5, out=True) - began_s == 9
    assert times.pass_by(5, 5, out=True) - began_s == 11, "11 s of the machine's time went by"


def test_a_wait_is_measured_on_both_clocks() -> None:
    times = Times()
    times.pass_by(1, 1, out=False)
    began_s = times.pass_by(1, 2, out=False)
    times.pass_by(6, 1.5, out=False)
    assert times.clock.since(began_s) == (6, 1.5)
    times.clock.forget()
    assert times.clock.since(began_s) == (0, 0)
