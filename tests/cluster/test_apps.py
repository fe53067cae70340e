"""An app of `[app]` on another host: its files and its data travel with the project."""

from __future__ import annotations

import shutil
import sys

import pytest

from forge import cli
from forge.cluster.hosts import HostSeats
from forge.cluster.ways import way_to
from forge.commands.arguments import settings_of
from forge.commands.batch import render
from forge.commands.render import request_of
from forge.model.host_access import HostAccess
from tests.support.cluster.harness import LEASE_S, Hosts
from tests.support.project import FORGE_TOML, ROOT, Project

pytestmark = [pytest.mark.slow, pytest.mark.browser]

TOUR = """
    from forge import By, Tutorial

    tour = Tutorial("Notes", id="notes")

    @tour.step
    def look(browser, ctx):
        '''These are the notes.'''
        assert [note.text for note in browser.find_elements(By.TAG_NAME, "li")] == ["tea"]
        assert str(ctx.slot.project_dir) != "PROJECT"
        assert (ctx.slot.project_dir / ".cache" / "seed" / "uploads").is_dir()
"""


def test_an_app_starts_on_the_host_with_its_data(hosts: Hosts, empty_project: Project) -> None:
    hosts.need("ana")
    project = empty_project
    command = [sys.executable, "-S", "web/notes.py", "{port}", "{data}/notes"]
    project.write("forge.toml", f"{FORGE_TOML}\n[app]\ncommand = {command}\ndata = '.cache/seed'\n")
    project.write(".cache/seed/notes", "tea")  # a folder that is not sent for its own sake
    (project.folder / ".cache" / "seed" / "uploads").mkdir()
    project.write("tutorials/tour.py", TOUR.replace("PROJECT", str(project.folder)))
    (project.folder / "web").mkdir()
    shutil.copy(ROOT / "tests" / "apps" / "shops" / "notes.py", project.folder / "web")
    asked = cli.parser("render").parse_args(["render", "--project", str(project.folder)])
    seats = HostSeats(way_to(HostAccess(cluster=hosts.address)), LEASE_S)
    outcome = render(settings_of(asked), request_of(asked), make_seats=lambda *_: seats)
    assert [(job.status, job.host) for job in outcome.results] == [("done", "ana")], outcome
