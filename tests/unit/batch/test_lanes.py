"""Lanes that start before there are jobs for them."""

from __future__ import annotations

from typing import cast

import pytest

from forge.batch.lanes import LaneLike, Seat, started


class Lanes:
    """Makes lanes that do nothing; notes which were made, and which were killed."""

    def __init__(self) -> None:
        self.made: list[int] = []
        self.killed: list[int] = []

    def make(self, slot: int) -> LaneLike:
        self.made.append(slot)
        return cast(LaneLike, _Lane(slot, self.killed))


class _Lane:
    def __init__(self, slot: int, killed: list[int]) -> None:
        self.slot, self._killed = slot, killed

    def kill(self) -> None:
        self._killed.append(self.slot)


def test_lanes_of_this_machine_start_at_once_and_each_is_taken_once() -> None:
    lanes = Lanes()
    with started([Seat(lanes.make), Seat(lanes.make), Seat(lanes.make, "ana")]) as seats:
        assert lanes.made == [0, 1]
        taken = [seat.make(slot) for slot, seat in enumerate(seats)]
        assert [lane.slot for lane in taken] == lanes.made == [0, 1, 2]
        seats[0].make(0)  # another one in its place
        assert lanes.made == [0, 1, 2, 0]
    assert lanes.killed == []


def test_lanes_that_are_not_taken_are_killed() -> None:
    lanes = Lanes()
    with started([Seat(lanes.make)] * 2) as seats:
        seats[0].make(0)
    assert lanes.killed == [1]


def test_lanes_are_killed_where_one_cannot_start() -> None:
    lanes = Lanes()

    def fail(slot: int) -> LaneLike:
        raise OSError("no process can be started")

    with pytest.raises(OSError, match="no process"), started([Seat(lanes.make), Seat(fail)]):
        pass
    assert lanes.killed == [0]
