"""`forge import`: where modules go, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from forge import cli
from tests.support.project import ROOT, Project

DATA = ROOT / "tests" / "data" / "recordings"


def forge_import(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = cli.console(["import", *map(str, words)])
    return code, *capsys.readouterr()


def test_module_goes_to_the_projects_tutorials_and_is_listed(
    empty_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = empty_project.folder
    code, out, err = forge_import(capsys, DATA / "plan.json", "--project", folder)
    assert (code, out.strip()) == (0, str(folder / "tutorials" / "plan_an_event.py"))
    assert "warning: plan_an_event.py: not carried over: the slow network" in err
    assert cli.console(["list", "--project", str(folder)]) == 0
    assert "plan-an-event" in capsys.readouterr().out


def test_each_test_of_a_side_file_is_a_module(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = forge_import(capsys, DATA / "shop.side", "--out", tmp_path / "made")
    assert (code, len(out.splitlines())) == (0, 2)
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == ["log_in.py", "order.py"]


def test_users_file_is_replaced_only_when_asked_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "it.py"
    out.write_text("mine")
    words = (DATA / "plan.json", "--out", out, "--id", "my-plan")
    code, _, err = forge_import(capsys, *words)
    assert (code, out.read_text()) == (2, "mine")
    assert "there already" in err
    assert "--force" in err
    assert forge_import(capsys, *words, "--force")[0] == 0
    assert 'id="my-plan"' in out.read_text()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["plan.json", "--id", "My Plan"], "is not an id"),
        (["shop.side", "--id", "one"], "has 2 tests"),
        (["shop.side", "--out", "one.py"], "is one file"),
        (["none.json"], "cannot be read"),
    ],
)
def test_wrong_words_are_errors(
    words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    code, _, err = forge_import(capsys, DATA / words[0], *words[1:])
    assert code == 2
    assert message in err
    assert list(tmp_path.iterdir()) == []
