"""A real render on hosts that are killed: the bytes are those of a render on one machine."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from forge import cli
from forge.cluster.hosts import HostSeats
from forge.cluster.ways import way_to
from forge.commands.arguments import settings_of
from forge.commands.batch import render
from forge.commands.render import request_of
from forge.commands.seats import MakeSeats, seats_of
from forge.model.host_access import HostAccess
from forge.model.news import News, WorkerEvent
from forge.model.records import Event
from tests.support.cluster.harness import LEASE_S, Hosts
from tests.support.project import ROOT

pytestmark = [
    pytest.mark.slow(reason="renders with a real browser, twice"),
    pytest.mark.browser,
    pytest.mark.voice,
]
JOBS = ("getting-started.en", "getting-started.es")  # the second uses the take of the first
WORK_FILES = ("manifest.json", "speech.json")
#: The size decides nothing here but the time that the test takes.
WIDTH, HEIGHT = ("width = 1920", "width = 960"), ("height = 1080", "height = 540")


class Plans:
    """A listener that does what is planned for an event, once."""

    def __init__(self, plans: dict[Callable[[Event], bool], Callable[[], object]]) -> None:
        self._plans = plans

    def on(self, news: News) -> None:
        if isinstance(news, WorkerEvent):
            for fits in [fits for fits in self._plans if fits(news.event)]:
                self._plans.pop(fits)()


def rendered(
    folder: Path, make_seats: MakeSeats = seats_of, listener: Plans | None = None
) -> tuple[list[int], dict[str, bytes]]:
    """Render a tutorial of the example in a copy of it; return attempts, and files by names."""
    project = folder / "lumen"
    left_out = shutil.ignore_patterns("dist", ".forge", "__pycache__")
    shutil.copytree(ROOT / "examples" / "lumen", project, ignore=left_out)
    toml = project / "forge.toml"
    toml.write_text(toml.read_text().replace(*WIDTH).replace(*HEIGHT))
    words = ["render", "--project", str(project), "--only", "getting-started", "--lang", "en,es"]
    asked = cli.parser("render").parse_args([*words, "--retries", "3", "--keep-going"])
    outcome = render(
        settings_of(asked), request_of(asked), make_seats=make_seats, listener=listener
    )
    assert [result.status for result in outcome.results] == ["done", "done"], outcome
    paths = [*(project / "dist").glob("getting-started.*")]
    paths += [project / ".forge" / job / name for job in JOBS for name in WORK_FILES]
    files = {str(path.relative_to(project)): path.read_bytes() for path in paths}
    return [result.attempts for result in outcome.results], files


def test_hosts_killed_in_record_and_in_compose_cost_no_byte(hosts: Hosts, tmp_path: Path) -> None:
    ana, ben = hosts.need("ana", "ben")
    back = threading.Thread(target=lambda: hosts.need("ben"))

    def restart() -> None:
        ben.kill()
        back.start()

    plans = Plans(
        {
            lambda event: event.kind == "step" and event.step == 3: ana.kill,
            lambda event: event.phase == "compose" and not ana.alive: restart,
        }
    )
    seats = HostSeats(way_to(HostAccess(cluster=hosts.address)), LEASE_S)
    attempts, there = rendered(tmp_path / "there", lambda *_: seats, plans)
    back.join()
    _, here = rendered(tmp_path / "here")

    assert sum(attempts) == 4, "each kill costs one attempt of one job"
    assert {name for name, content in there.items() if here[name] != content} == set()
    assert there.keys() == here.keys()
    assert "dist/getting-started.es.mp4" in there
