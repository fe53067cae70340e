"""`forge import`: where modules go, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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


ADDRESS = "http://localhost:8000"
VISIT: list[dict[str, Any]] = [
    {"type": "navigate", "url": f"{ADDRESS}/"},
    {"type": "click", "selectors": [["aria/Save"]]},
    {"type": "waitForElement", "selectors": [["li"]], "count": 3, "operator": ">="},
    {"type": "navigate", "url": f"{ADDRESS}/list?page=2#end"},
    {"type": "navigate", "url": "https://elsewhere.example/a"},
    {"type": "swipe"},
]


def visit(folder: Path, *steps: dict[str, Any]) -> Path:
    path = folder / "visit.json"
    path.write_text(json.dumps({"title": "A visit", "steps": steps or VISIT}))
    return path


def test_an_address_of_the_projects_app_is_not_written(
    empty_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = empty_project.folder
    empty_project.write("forge.toml", "app.static = 'site'")
    code, out, err = forge_import(capsys, visit(folder), "--project", folder)
    assert code == 0
    made = Path(out.strip()).read_text()
    assert ADDRESS not in made
    assert "def start" not in made  # the app opens the start page
    assert '    """This is the start page."""' in made
    assert 'browser.get(ctx.state.base_url + "/list?page=2#end")' in made
    assert 'browser.get("https://elsewhere.example/a")' in made
    assert "(browser, ctx):" in made
    assert 'count((By.CSS_SELECTOR, "li"), at_least=3)' in made
    assert err.strip().endswith("not carried over: the step 'swipe', which forge does not know")


def test_a_page_that_the_app_does_not_open_is_opened_in_it(
    empty_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    empty_project.write("forge.toml", "app.static = 'site'")
    file = visit(empty_project.folder, {"type": "navigate", "url": f"{ADDRESS}/form"})
    _, out, _ = forge_import(capsys, file, "--project", empty_project.folder)
    made = Path(out.strip()).read_text()
    assert 'START = "/form"' in made
    assert "browser.get(ctx.state.base_url + START)" in made


def test_an_id_that_the_project_has_is_not_taken(
    empty_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    empty_project.write_tour("mine", "a-visit")
    words = (visit(empty_project.folder), "--project", empty_project.folder)
    code, out, _ = forge_import(capsys, *words)
    assert (code, Path(out.strip()).name) == (0, "a_visit_2.py")
    assert cli.console(["list", "--project", str(empty_project.folder)]) == 0
    assert "a-visit-2" in capsys.readouterr().out
    code, _, err = forge_import(capsys, *words, "--id", "a-visit")
    assert code == 2
    assert "mine.py has the id 'a-visit' already" in err


def test_a_project_in_pyproject_toml_gets_the_module(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.forge]\ntutorials = ['tours/*.py']\n")
    _, out, _ = forge_import(capsys, visit(tmp_path), "--project", tmp_path)
    assert out.strip() == str(tmp_path / "tours" / "a_visit.py")
