"""Whole batches in which other hosts take part, without a host."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from forge.batch.lanes import OpenSeats, Work
from forge.commands.seats import LocalSeats
from forge.errors import AdapterError, MachineError
from tests.support.pool.shop import SHOP, HereLane, Shop

LANES = ["here/0", "ana/0"]


class FakeHosts:
    """Lanes in this process under the names of hosts; `reach` is called before they open."""

    def __init__(self, reach: Callable[[], object] = lambda: None) -> None:
        self.works: list[Work] = []
        self._reach = reach

    @contextmanager
    def open(self, work: Work) -> Iterator[OpenSeats]:
        self.works.append(work)
        self._reach()
        with LocalSeats(len(LANES), HereLane).open(work) as opened:
            hosts = ["" if name == "here/0" else name.partition("/")[0] for name in LANES]
            named = zip(opened.seats, hosts, LANES, strict=True)
            seats = [replace(seat, host=host, lane=lane) for seat, host, lane in named]
            yield OpenSeats(seats, ["ben was left out: no ssh"])


@pytest.fixture
def hosts(shop: Shop) -> FakeHosts:
    """Let two tutorials be rendered on two hosts, whose adapter is parallel-safe."""
    shop.project.write_tour("other", "other")
    shop.project.write(
        "shop.py", SHOP.replace("def start", "parallel_safe = True\n\n        def start")
    )
    shop.seats = hosts = FakeHosts()
    return hosts


def test_reports_name_hosts_and_lanes(shop: Shop, hosts: FakeHosts) -> None:
    entries = shop.render("--hosts", "ana", "-j", "1")
    assert [(entry["host"], entry["lane"]) for entry in entries] == [
        ("", "here/0"),
        ("ana", "ana/0"),
    ]
    assert shop.output.startswith("connecting to ana …\n")
    assert "ben was left out: no ssh" in shop.output
    assert "tour: started in lane ana/0" in shop.output
    log = (shop.folder / ".forge" / "logs" / "latest" / "batch.log").read_text()
    assert "ben was left out: no ssh" in log
    page = (shop.folder / "dist" / "index.html").read_text()
    assert page.index(">here/0<") < page.index(">ana/0<")
    ledger = (shop.folder / ".forge" / "ledger.jsonl").read_text()
    lines = [json.loads(line) for line in ledger.splitlines()]
    assert sorted(line["lane"] for line in lines if line["kind"] == "start") == sorted(LANES)


def test_no_host_is_reached_if_nothing_is_to_be_done(shop: Shop, hosts: FakeHosts) -> None:
    shop.render("--hosts", "ana")
    assert [entry["status"] for entry in shop.render("--hosts", "ana")] == ["up-to-date"] * 2
    assert "connecting" not in shop.output
    assert [len(work.jobs) for work in hosts.works] == [2]
    shop.render("--hosts", "ana", "--force")
    assert [work.force for work in hosts.works] == [False, True]


def test_hosts_that_cannot_be_reached_leave_the_project_as_it_is(
    shop: Shop, hosts: FakeHosts
) -> None:
    def fail() -> None:
        raise MachineError("ana: no ssh")

    shop.seats = FakeHosts(fail)
    with pytest.raises(MachineError, match="ana: no ssh"):
        shop.render("--hosts", "ana")
    assert not (shop.folder / ".forge" / "ledger.jsonl").exists()


def test_interrupt_while_hosts_are_reached_ends_the_batch(shop: Shop, hosts: FakeHosts) -> None:
    shop.seats = FakeHosts(lambda: signal.raise_signal(signal.SIGTERM))
    entries = shop.render("--hosts", "ana")
    assert ([entry["status"] for entry in entries], shop.code) == (["not-run"] * 2, 143)


def test_adapter_for_one_lane_is_refused_on_several_hosts(shop: Shop) -> None:
    shop.project.write_tour("other", "other")
    shop.seats = FakeHosts()
    with pytest.raises(AdapterError, match="not parallel-safe, and 2 lanes"):
        shop.render("--hosts", "ana")
    assert not (shop.folder / ".forge" / "ledger.jsonl").exists()


def test_older_recordings_here_draw_their_jobs(shop: Shop, hosts: FakeHosts) -> None:
    shop.one("--hosts", "ana", "-j", "1", "--only", "tour")
    other, tour = shop.render("--hosts", "ana", "-j", "1", "--captions", "burn")
    assert (tour["lane"], other["lane"]) == ("here/0", "ana/0")
    assert shop.did("record") == ["record other virtual"]
