"""What `forge doctor` finds out about hosts, and what a batch does with one that differs."""

from __future__ import annotations

import pytest

from forge.cluster.inspection import Tried, inspect
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


#: An app that is not there in Tokyo.
APP = """
import os
from forge import Adapter

class App(Adapter):
    def setup(self, browser, context):
        if os.environ["TZ"] == "Asia/Tokyo":
            raise RuntimeError(f"no app beside {__file__}")
        browser.get("data:text/html,ready")
"""


def test_hosts_are_compared_with_home(hosts: Hosts, batch: Batch, in_tokyo: str) -> None:
    hosts.start("ana").until_ready()
    way = way_to(HostAccess(cluster=hosts.address))
    (batch.folder / "app.py").write_text(APP)
    voice = Voice(engine="silent")
    settings = Settings(project_dir=batch.folder, adapter="app.py:App", voice=voice)
    home, ana, cyd = inspect(way, settings, setup=True)
    assert home.name == "" and home.hello and "browser" in home.hello.decides
    assert (ana.name, ana.differs, ana.problem, ana.lanes) == ("ana", (), "", 1)
    assert ana.hello and ana.hello.decides == home.hello.decides
    assert 0 < ana.sent_s < 10
    assert (cyd.name, cyd.differs) == (in_tokyo, (ZONES,))
    assert home.tried is None
    assert ana.tried == Tried("App reached data:text/html,ready")
    assert cyd.tried
    assert "the adapter's setup failed" in cyd.tried.problem
    assert "no app beside app.py" in cyd.tried.problem, "not the path of the host's copy"


def test_host_that_differs_is_used_only_if_asked(batch: Batch, in_tokyo: str) -> None:
    with pytest.raises(MachineError, match=f"no host can be used: {in_tokyo}: {ZONES}"):
        batch.run(make_jobs(a=[]))
    assert statuses(batch.run(make_jobs(a=[]), unequal=True)) == ["done"]
    assert batch.notes == [f"{in_tokyo} is not equal: {ZONES}"]
