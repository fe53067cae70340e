"""Real renders with a death, a hang or a loss in each phase of a job."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forge.workers.composing.encoding.probe import probe
from tests.support.processes import MARK, eventually, marked
from tests.support.project import ROOT, Project

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MakeProject = Callable[..., Project]

TOUR = """
    from forge import Tutorial
    tour = Tutorial("A tour", id="NAME")

    @tour.step
    def look(browser, ctx):
        '''Look.'''
        browser.get(ctx.state.base_url + "/settings")

    @tour.step
    def look_again(browser):
        '''Again.'''
        browser.execute_script("document.body.style.background = 'red'")
"""
SMALL = """
    jobs = 2
    keep_going = true
    adapter = "forge.adapters.demo:DemoApp"
    [limits]
    silence_s = 8
    backoff_s = 0
    restarts = 99
    [voice]
    engine = "silent"
    [video]
    width = 640
    height = 400
    clock = "virtual"
"""
#: Job → (phase, fault) and a part of the error message. One death a phase: tests/pool has others.
FAULTS: dict[str, tuple[list[Any], str]] = {
    "speak-die": (["speak", "die"], "the worker process died"),
    "record-die": (["record", "die"], "the worker process died"),
    "record-hang": (["record", "hang-in-python"], "no sign of life for 8 s"),
    "record-browser": (["record", "kill-browser"], "step 'look'"),
    "record-driver": (["record", "kill-driver"], "step 'look'"),
    "record-app": (["record", "kill-app"], "net::ERR_CONNECTION_"),
    "compose-segv": (["compose", "segv"], "the worker process died"),
    "compose-hang": (["compose", "hang"], "no sign of life for 8 s"),
    "compose-fail": (["compose", "fail"], "RuntimeError: went wrong"),
    "good": ([], ""),
}


@pytest.fixture
def faulty(make_project: MakeProject, nothing_left_behind: Path) -> Project:
    """Return a project of two lanes; the test fails if it leaves a process or a run folder."""
    return make_project(TOUR.replace("NAME", "good"), video=SMALL)


def command(project: Project, plan: dict[str, Any]) -> subprocess.Popen[str]:
    path = project.write("plan.json", json.dumps({"jobs": plan}))
    faulty = [sys.executable, str(ROOT / "tests" / "support" / "faulty.py"), str(path)]
    return subprocess.Popen(
        [*faulty, "render", "--project", str(project.folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def parts(project: Project) -> list[Path]:
    return [*project.folder.rglob(".*.part"), *project.folder.rglob(".*.part.wav")]


def test_each_fault_costs_one_attempt(faulty: Project) -> None:
    for name in FAULTS:
        faulty.write(f"tutorials/{name}.py", TOUR.replace("NAME", name))
    (faulty.folder / "tutorials" / "tour.py").unlink()
    with command(faulty, {name: plan for name, (plan, _) in FAULTS.items() if plan}) as forge:
        output, _ = forge.communicate(timeout=170)
    batch = {entry["job"]: entry for entry in faulty.batch()}

    assert forge.returncode == 1, output
    assert list(batch) == sorted(FAULTS), "each job has one result"
    failed = batch.pop("compose-fail")
    assert (failed["status"], failed["attempts"]) == ("failed", 1), "its own fault: not again"
    for name, entry in batch.items():
        plan, said = FAULTS[name]
        assert (entry["status"], entry["attempts"]) == ("done", 2 if plan else 1), (name, output)
        assert not plan or said in entry["warnings"][0], (name, entry)
        assert probe(faulty.video(name)).duration_s == entry["video_s"]
    assert parts(faulty) == []


@pytest.mark.parametrize("phase", ["speak", "record", "compose"])
def test_killed_parent_leaves_nothing(
    faulty: Project, nothing_left_behind: Path, monkeypatch: pytest.MonkeyPatch, phase: str
) -> None:
    faulty.write("tutorials/other.py", TOUR.replace("NAME", "other"))
    mark = uuid.uuid4().hex
    monkeypatch.setenv(MARK, mark)
    with command(faulty, {"good": [phase, "kill-parent"]}) as forge:
        forge.wait(60)
        assert eventually(lambda: marked(mark) == [], 5)
        assert eventually(lambda: not list(nothing_left_behind.glob("forge-run-*")), 5)
        assert parts(faulty) == []
    assert forge.returncode == -signal.SIGKILL


def test_terminated_batch_is_resumed(faulty: Project) -> None:
    faulty.write("tutorials/other.py", TOUR.replace("NAME", "other"))
    with command(faulty, {"good": ["record", "end-parent"]}) as forge:
        output, _ = forge.communicate(timeout=60)
    assert forge.returncode == 128 + signal.SIGTERM, output
    last = json.loads((faulty.folder / ".forge" / "ledger.jsonl").read_text().splitlines()[-1])
    assert (last["kind"], last["end"]) == ("end", "interrupted")
    # The other job may have ended before.
    errors = [entry["error"]["message"] for entry in faulty.batch() if entry["error"]]
    assert "ended by an interrupt" in errors
    assert parts(faulty) == []
    faulty.rendered("--resume")
    # A video may have been whole at the interrupt, and its result not yet in the ledger.
    assert {entry["status"] for entry in faulty.batch()} <= {"done", "up-to-date"}
    assert len(faulty.batch()) == 2
