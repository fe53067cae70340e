"""`forge.render`: a batch from Python, in this process and in a script."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import forge
from forge.errors import SettingsError, UsageError
from forge.model.news import Finished, News, Started
from tests.support.project import ROOT, Project

SCRIPT = ROOT / "examples" / "batch_script.py"


def test_render_returns_results_and_prints_nothing(
    project: Project, nothing_left_behind: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    news: list[News] = []
    outcome = forge.render(project.folder, phase="speak", listener=news.append)
    assert isinstance(outcome, forge.BatchOutcome)
    assert (outcome.exit_code, outcome.warnings) == (0, ())
    assert [(result.job, result.status) for result in outcome.results] == [("tour", "done")]
    told = [type(piece) for piece in news]
    assert (told[0], told[-1]) == (Started, Finished)
    assert all(path.is_file() for path in (*outcome.reports, outcome.log))
    assert {path.name for path in outcome.reports} == {"batch.json", "junit.xml", "index.html"}
    assert outcome.wall_s > 0
    assert capfd.readouterr() == ("", "")


def test_listener_that_fails_becomes_a_warning(project: Project, nothing_left_behind: Path) -> None:
    def fail(_: News) -> None:
        raise RuntimeError("no more of this")

    outcome = forge.render(project.folder, phase="speak", listener=fail)
    assert outcome.exit_code == 0
    assert "missed news of the batch: RuntimeError: no more of this" in outcome.warnings[-1]


def test_second_render_sees_a_changed_tutorial(project: Project, nothing_left_behind: Path) -> None:
    forge.render(project.folder, phase="speak")
    project.write_tour("tour", "changed")
    outcome = forge.render(project.folder, phase="speak")
    assert [(result.job, result.status) for result in outcome.results] == [("changed", "done")]


def test_wrong_request_raises(project: Project) -> None:
    with pytest.raises(UsageError, match="no tutorial matched --only none"):
        forge.render(project.folder, only=["none"])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"video": {"clok": "real"}}, "settings: unknown key 'video.clok'"),
        ({"video": "real"}, "settings: 'video' must be a table"),
        ({"jobs": 0}, "jobs = 0"),
    ],
)
def test_wrong_settings_raise(project: Project, settings: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        forge.render(project.folder, settings=settings)


def test_script_prints_progress(
    project: Project, nothing_left_behind: Path, command_environment: dict[str, str]
) -> None:
    words = [sys.executable, "-P", str(SCRIPT), str(project.folder), "--phase", "speak"]
    env = {**command_environment, "TMPDIR": str(nothing_left_behind)}
    done = subprocess.run(words, env=env, cwd=project.folder, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    first, *_, finished, last = done.stdout.splitlines()
    assert first == "tour: begins in lane 0"
    assert "tour: 1 of 2  Welcome to this small tour." in done.stdout
    assert finished.startswith("tour: done after ")
    assert last.startswith("1 jobs in ")
