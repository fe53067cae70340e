"""`forge list`, run in this process."""

from __future__ import annotations

import pytest

from forge import cli
from tests.support.project import Project


def listed(project: Project, *words: str) -> int:
    return cli.console(["list", "--project", str(project.folder), *words])


def test_description_stands_below_the_title(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project.folder / "tutorials" / "tour.py"
    path.write_text(path.read_text().replace('id="tour"', 'id="tour", description="[b]All of it"'))
    assert listed(project) == 0
    _, first, second = capsys.readouterr().out.splitlines()
    assert first.split() == ["tour", "A", "small", "tour", "2", "tutorials/tour.py"]
    assert second.strip() == "[b]All of it"


def test_shard_without_jobs_warns(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert listed(project, "--shard", "2/2") == 0
    assert "warning: shard 2/2 has no jobs: there are not enough" in capsys.readouterr().out


def test_unknown_id_is_a_usage_error(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert listed(project, "--only", "tuor") == 2
    told = capsys.readouterr().err
    assert "no tutorial matched --only tuor" in told
    assert "did you mean 'tour'?" in told
