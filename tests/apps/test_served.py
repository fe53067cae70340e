"""Apps that `[app]` starts: one for each lane, fresh data, the end of a killed worker's app."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import psutil
import pytest

from forge.cli import console
from tests.support.processes import eventually
from tests.support.project import Project

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.usefixtures("nothing_left_behind"),
]

NOTES = Path(__file__).with_name("shops") / "notes.py"
FORGE_TOML = f"""
    keep_going = true
    retries = 0
    [voice]
    engine = "silent"
    [video]
    width = 640
    height = 400
    [app]
    command = ["{sys.executable}", "-S", "{NOTES}", "{{port}}", "{{data}}/notes"]
    data = "seed"
"""

ADDS = """
    import json
    from pathlib import Path
    from forge import By, Tutorial, button, field, text

    tour = Tutorial("Add GOOD", id="GOOD")

    @tour.step(wait_for=text("GOOD"))
    def add(browser, ctx):
        '''Add a note.'''
        assert [note.text for note in browser.find_elements(By.TAG_NAME, "li")] == ["tea"]
        browser.find_element(*field("New")).send_keys("GOOD")
        browser.find_element(*button("Add")).click()
        notes = Path(ctx.state.data, "notes").read_text()
        Path("SEEN", "GOOD").write_text(json.dumps([ctx.slot.index, ctx.state.base_url, notes]))
"""

BROKEN = """
    from forge import Tutorial

    tour = Tutorial("Broken", id="broken")

    @tour.step
    def look(browser, ctx):
        '''Look.'''
        browser.get(ctx.state.base_url + "/broken")
"""

KILLED = """
    import os
    import signal
    from pathlib import Path
    from forge import Tutorial

    tour = Tutorial("Killed", id="killed")

    @tour.step
    def end(browser, ctx):
        '''The worker dies.'''
        Path("SEEN", "server").write_text(str(ctx.slot.servers["app"].running.pid))
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_each_render_has_its_own_app_and_a_failed_one_shows_its_log(empty_project: Project) -> None:
    project, seen = empty_project, empty_project.folder / "seen"
    seen.mkdir()
    project.write("forge.toml", FORGE_TOML)
    project.write("seed/notes", "tea")
    for name in ("cake", "jam", "milk"):
        code = ADDS.replace("GOOD", name).replace("SEEN", str(seen))
        project.write(f"tutorials/{name}.py", code)
    project.write("tutorials/broken.py", BROKEN)
    project.write("tutorials/killed.py", KILLED.replace("SEEN", str(seen)))
    project.render("-j", "2")

    jobs = {entry["job"]: entry for entry in project.batch()}
    assert {name for name, job in jobs.items() if job["status"] == "done"} == {
        *("cake", "jam", "milk")
    }, project.output
    found = {name: json.loads((seen / name).read_text()) for name in ("cake", "jam", "milk")}
    assert all(notes == f"tea {name}" for name, (_, _, notes) in found.items())
    assert (project.folder / "seed" / "notes").read_text() == "tea"
    assert len({url for _, url, _ in found.values()}) == 3

    assert "no such table: notes" in jobs["broken"]["error"]["hint"]
    assert "no such table: notes" in (project.work("broken") / "app.log").read_text()
    assert "no such table: notes" in "".join(project.log(f"app-{slot}") for slot in (0, 1))

    server = int((seen / "server").read_text())
    assert "worker process died" in jobs["killed"]["error"]["message"]
    assert eventually(lambda: not lives(server))


OF_CLASS = f"""
    from forge.adapters import ServerApp

    class Notes(ServerApp):
        command = ["{sys.executable}", "-S", "{NOTES}", "{{port}}", "{{data}}/notes"]
        data = "seed"
"""

LOOKS = """
    from forge import Tutorial

    tour = Tutorial("Look", id="look")

    @tour.step
    def look(browser):
        '''Look.'''
"""


def test_changed_data_of_an_adapter_class_makes_its_videos_stale(
    empty_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project = empty_project
    project.write(
        "forge.toml",
        """
        adapter = "shop.py:Notes"
        voice.engine = "silent"
        """,
    )
    project.write("shop.py", OF_CLASS)
    project.write("seed/notes", "tea")
    project.write("tutorials/look.py", LOOKS)
    project.rendered()

    def stale() -> bool:
        assert console(["list", "--stale", "--project", str(project.folder)]) == 0
        return "changed: adapter" in capsys.readouterr().out

    assert not stale()
    project.write("seed/notes", "cake")
    assert stale()
    assert [job["status"] for job in project.rendered().batch()] == ["done"]
    assert not stale()


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
