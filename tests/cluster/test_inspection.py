"""What `forge doctor` finds out about hosts, and what a batch does with one that differs."""

from __future__ import annotations

import pytest

from forge.cluster.inspection import inspect
from forge.cluster.ways import way_to
from forge.errors import MachineError
from forge.model.host_access import HostAccess
from forge.model.settings import Settings, Voice
from tests.support.cluster.harness import Batch, Hosts
from tests.support.pool.harness import make_jobs, statuses

pytestmark = [
    pytest.mark.slow(reason="starts hosts and worker processes"),
    pytest.mark.browser(reason="hosts compare the versions of their browsers"),
]
ZONES = "time zone UTC here and Asia/Tokyo there"


@pytest.fixture
def in_tokyo(hosts: Hosts, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of the only host, which is in another time zone."""
    monkeypatch.setenv("TZ", "UTC")
    hosts.need()
    with monkeypatch.context() as there:
        there.setenv("TZ", "Asia/Tokyo")
        hosts.start("cyd").until_ready()
    return "cyd"


def test_hosts_are_compared_with_home(hosts: Hosts, batch: Batch, in_tokyo: str) -> None:
    hosts.start("ana").until_ready()
    way = way_to(HostAccess(cluster=hosts.address))
    settings = Settings(project_dir=batch.folder, voice=Voice(engine="silent"))
    home, ana, cyd = inspect(way, settings)
    assert home.name == "" and home.hello and "browser" in home.hello.decides
    assert (ana.name, ana.differs, ana.problem, ana.lanes) == ("ana", (), "", 1)
    assert ana.hello and ana.hello.decides == home.hello.decides
    assert 0 < ana.sent_s < 10
    assert (cyd.name, cyd.differs) == (in_tokyo, (ZONES,))


def test_host_that_differs_is_used_only_if_asked(batch: Batch, in_tokyo: str) -> None:
    with pytest.raises(MachineError, match=f"no host can be used: {in_tokyo}: {ZONES}"):
        batch.run(make_jobs(a=[]))
    assert statuses(batch.run(make_jobs(a=[]), unequal=True)) == ["done"]
    assert batch.notes == [f"{in_tokyo} is not equal: {ZONES}"]
