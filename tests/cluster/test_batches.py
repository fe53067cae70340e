"""Whole batches on hosts, with a recording that is made up: files, takes, ledger."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from forge.cluster import hosts as hosts_module
from forge.cluster.greeting import Greeting
from forge.cluster.hosts import HostSeats
from forge.cluster.ways import way_to
from forge.errors import MachineError
from forge.model.hello import Hello
from forge.model.host_access import HostAccess
from forge.workers.hello import make_hello
from forge.workers.run_dir import sweep
from tests.support.cluster import killed_parent
from tests.support.cluster.harness import LEASE_S, Hosts
from tests.support.pool.shop import SETTINGS, SHOP, HereLane, Shop
from tests.support.project import ROOT, TOUR, Project

pytestmark = pytest.mark.slow(reason="starts hosts and worker processes")


@pytest.fixture
def shop(hosts: Hosts, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Shop]:
    """Give a project with one tutorial that is rendered on the host `ana`, which is new to it."""
    hosts.need("ana")
    shutil.rmtree(hosts.folder / "ana" / "projects", ignore_errors=True)
    project = Project(tmp_path / "shop")
    settings = SETTINGS.replace('"bin/', f'"{project.folder}/bin/')
    for name, text in {"forge.toml": settings, "shop.py": SHOP, "tutorials/tour.py": TOUR}.items():
        project.write(name, text)
    for name in ("bin/headless-shell", "bin/driver"):
        project.write(name, "#!/bin/sh\necho stand-in 1.0\n")
        (project.folder / name).chmod(0o755)
    shop = Shop(project, capsys, HereLane, seats_on(hosts))
    shop.fails()
    yield shop


def seats_on(hosts: Hosts, *, unequal: bool = False) -> HostSeats:
    return HostSeats(way_to(HostAccess(cluster=hosts.address)), LEASE_S, unequal=unequal)


def recorded(hosts: Hosts) -> int:
    """Return how often `ana` has recorded the tour."""
    logs = (hosts.folder / "ana" / "projects").glob("*/shop/recorded.log")
    lines = [line for log in logs for line in log.read_text().splitlines()]
    return sum(line.startswith("record tour") for line in lines)


def test_video_comes_home_and_its_take_stays(
    hosts: Hosts, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    send = Greeting._send

    def noted(self: Greeting, address: str) -> None:
        sent.append(address)
        send(self, address)

    monkeypatch.setattr(Greeting, "_send", noted)
    entry = shop.one()
    assert (shop.code, entry["status"], entry["host"]) == (0, "done", "ana"), shop.output
    assert entry["output"] == "dist/tour.mp4"
    work_dir = shop.folder / ".forge" / "tour"
    assert {"manifest.json", "speech.json", "video.print.json"} <= {
        path.name for path in work_dir.iterdir()
    }
    assert not (work_dir / "take.print.json").exists()
    assert shop.one()["status"] == "up-to-date"

    (shop.folder / "dist" / "tour.mp4").unlink()
    assert shop.one()["status"] == "done"
    assert recorded(hosts) == 1, "composed again, of the take that the host has kept"
    assert len(sent) == 1, "the project has not changed"
    shop.project.write("tutorials/tour.py", TOUR.replace("Look around.", "Look around now."))
    assert shop.one()["status"] == "done"
    assert recorded(hosts) == 1, "another sentence, and so another version of the project"
    assert len(sent) == 2
    assert shop.one("--force")["status"] == "done"
    assert recorded(hosts) == 2
    for copy in (hosts.folder / "ana" / "projects").glob("*/shop"):
        assert not (copy / "dist").exists()


def test_take_of_home_is_sent_to_a_host_that_lacks_it(hosts: Hosts, shop: Shop) -> None:
    there, shop.seats = shop.seats, None
    assert shop.one("--phase", "record")["status"] == "done"
    shop.seats = there
    entry = shop.one()
    assert (entry["status"], entry["host"]) == ("done", "ana"), shop.output
    assert recorded(hosts) == 0, "composed of the take that home had recorded"

    shop.project.write("tutorials/tour.py", TOUR + "    assert ctx.slot\n")
    assert shop.one()["status"] == "done"
    assert recorded(hosts) == 1
    kept = {path.name for path in (shop.folder / ".forge" / "tour").iterdir()}
    assert kept.isdisjoint({"take.json", "take.print.json", "frames.bin"}), "it was of other steps"


def test_clock_that_home_gave_up_is_not_tried_on_a_host(hosts: Hosts, shop: Shop) -> None:
    there, shop.seats = shop.seats, None
    shop.fails(virtual="stall")
    assert shop.one("--phase", "record")["clock"] == "elastic"
    shop.seats = there
    assert shop.one()["clock"] == "elastic"
    assert recorded(hosts) == 0

    shutil.rmtree(shop.folder / ".forge" / "tour")  # without the note of the clock
    shutil.rmtree(hosts.folder / "ana" / "projects")
    assert shop.one()["clock"] == "elastic"
    assert recorded(hosts) == 1, "on the elastic clock at once"


def test_new_language_uses_the_take_of_home(hosts: Hosts, shop: Shop) -> None:
    there, shop.seats = shop.seats, None
    toml = shop.folder / "forge.toml"
    toml.write_text(f'languages = ["en", "es"]\n{toml.read_text()}')
    lines = {"welcome": "Bienvenidos a esta visita.", "look-around": "Mirad."}
    shop.project.write("tutorials/tour.es.json", json.dumps(lines))
    assert shop.one("--lang", "en")["job"] == "tour.en"
    shop.seats = there
    entry = shop.one("--lang", "es")
    assert (entry["job"], entry["status"], entry["host"]) == ("tour.es", "done", "ana"), shop.output
    assert recorded(hosts) == 0


def test_damaged_take_of_home_is_recorded_again(hosts: Hosts, shop: Shop) -> None:
    there, shop.seats = shop.seats, None
    shop.one("--phase", "record")
    (shop.folder / ".forge" / "tour" / "frames.bin").write_bytes(b"damaged")
    shop.seats = there
    assert shop.one()["status"] == "done"
    assert recorded(hosts) == 1
    assert "is damaged: not sent" in shop.output


def test_evidence_of_a_failure_comes_home(shop: Shop) -> None:
    shop.fails(virtual="wait", elastic="wait")
    entry = shop.one()
    assert (shop.code, entry["status"]) == (1, "failed")
    assert ".forge/tour/failure.png" in entry["error"]["artifacts"]
    assert (shop.folder / ".forge/tour/failure.png").read_text() in ("virtual", "elastic")
    assert not (shop.folder / "dist" / "tour.mp4").exists()


def test_parent_that_is_killed_before_its_ledger_has_whole_files(hosts: Hosts, shop: Shop) -> None:
    command = [sys.executable, "-P", str(killed_parent.__file__), str(shop.folder), hosts.address]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    assert subprocess.run(command, env=env).returncode == -signal.SIGKILL
    ledger = (shop.folder / ".forge" / "ledger.jsonl").read_text().splitlines()
    assert [json.loads(line)["kind"] for line in ledger] == ["batch", "start"]
    made = (shop.folder / "dist" / "tour.mp4").read_bytes()

    entry = shop.one("--resume")
    assert entry["status"] == "up-to-date"
    assert (shop.folder / "dist" / "tour.mp4").read_bytes() == made
    sweep()


def test_host_that_differs_is_used_only_if_that_is_allowed(
    hosts: Hosts, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(*about: object) -> Hello:
        hello = make_hello(*about)  # type: ignore[arg-type]
        return hello.model_copy(update={"decides": hello.decides | {"fonts": "none"}})

    monkeypatch.setattr(hosts_module, "make_hello", other)
    with pytest.raises(MachineError, match=r"no host can be used: ana: fonts none here and "):
        shop.render()
    assert not (shop.folder / ".forge" / "ledger.jsonl").exists()
    shop.seats = seats_on(hosts, unequal=True)
    assert shop.one()["status"] == "done"
    assert "ana is not equal: fonts none here and " in shop.output
