"""Resuming a batch whose parent was killed, and refusing a second one beside it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.support.processes import eventually
from tests.support.project import ROOT, Project
from tests.support.tours import page

pytestmark = pytest.mark.browser

FIRST = f"""
    from forge import Tutorial
    tour = Tutorial("First", id="first")

    @tour.step
    def one(browser):
        '''The page says one.'''
        browser.get({page("<h1>One</h1>")!r})
"""
SECOND = f"""
    import pathlib, time
    from forge import Tutorial
    tour = Tutorial("Second", id="second")
    UP = pathlib.Path(__file__).with_suffix(".up")

    @tour.step
    def two(browser):
        '''The page says two.'''
        if not UP.exists():
            UP.touch()
            time.sleep(60)
        browser.get({page("<h1>Two</h1>")!r})
"""


def test_resume_runs_only_unfinished_jobs(make_project: Callable[..., Project]) -> None:
    project = make_project(FIRST)
    project.write("tutorials/z_second.py", SECOND)
    command = [sys.executable, "-P", "-m", "forge", "render", "--project", str(project.folder)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL) as forge:
        try:
            assert eventually((project.folder / "tutorials" / "z_second.up").exists)
            refused = project.render()
            assert refused.code == 2
            assert f"another forge (pid {forge.pid}) is at work" in refused.output
        finally:
            forge.send_signal(signal.SIGKILL)
    first = project.video("first").stat().st_mtime_ns

    project.rendered("--resume")
    assert "resumed: 1 of 2 jobs are done" in project.output
    assert [(e["job"], e["status"]) for e in project.batch()] == [
        ("first", "done"),
        ("second", "done"),
    ]
    assert project.video("first").stat().st_mtime_ns == first, "it was not made again"
    assert project.video("second").exists()
    assert project.render("--resume").code == 2
    assert "nothing to resume: all 2 jobs" in project.output
