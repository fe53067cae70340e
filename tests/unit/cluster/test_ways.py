"""The ways to hosts: names of workers, and how many lanes their machines offer."""

from __future__ import annotations

from typing import Any

from forge.cluster.connection import WorkerInfo
from forge.cluster.ways import Reached, named

NO_CLUSTER: Any = None


def test_lanes_of_all_workers_of_a_machine_are_counted() -> None:
    workers = [
        WorkerInfo("0", "tcp://10.0.0.1:4001", 2, "10.0.0.1"),
        WorkerInfo("1", "tcp://10.0.0.1:4002", 3, "10.0.0.1"),
        WorkerInfo("ben", "tcp://10.0.0.2:4001", 4, "10.0.0.2"),
    ]
    reached = Reached(NO_CLUSTER, named(workers))
    counted = {name: reached.lanes_on_machine(name) for name in reached.workers}
    assert counted == {"host-0": 5, "host-1": 5, "ben": 4}
