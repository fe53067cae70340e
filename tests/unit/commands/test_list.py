"""`forge list`, run in this process."""

from __future__ import annotations

import json

import pytest

from forge import cli
from forge.model.machine import Machine
from forge.model.settings import Settings
from forge.project.translated import digest
from forge.workers import checks
from tests.support.project import TOUR, ForgeCommand, Project


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


def test_title_is_shown_as_it_is(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.write("tutorials/tour.py", TOUR.replace("A small tour", "The [b] tour :smile:"))
    assert listed(project) == 0
    assert "The [b] tour :smile:" in capsys.readouterr().out


@pytest.mark.parametrize("words", [(), ("--shard", "1/1")], ids=["alone", "with the adapter"])
def test_tutorials_are_listed_without_what_drives_a_browser(
    project: Project, forge_cli: ForgeCommand, words: tuple[str, ...]
) -> None:
    driver = "import sys\nfrom selenium.webdriver import Chrome\n"
    title = 'f\'{len({*sys.modules} & {"urllib3", "websocket"})} clients\''
    project.write("tutorials/tour.py", driver + TOUR.replace('"A small tour"', title))
    done = forge_cli("list", *words, cwd=project.folder)
    assert "0 clients" in done.stdout, done.stdout + done.stderr


def test_shard_without_jobs_warns(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert listed(project, "--shard", "2/2") == 0
    assert "warning: shard 2/2 has no jobs: there are not enough" in capsys.readouterr().out


def test_unknown_id_is_a_usage_error(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert listed(project, "--only", "tuor") == 2
    told = capsys.readouterr().err
    assert "no tutorial matched --only tuor" in told
    assert "did you mean 'tour'?" in told


def no_browser(settings: Settings) -> Machine:
    return Machine(browser="/nowhere/chrome", driver="/nowhere/driver", clock="elastic")


def test_stale_names_translated_lines_with_their_new_source(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "find_machine", no_browser)
    of = {"welcome": digest("Hello."), "look-around": digest("Look around.")}
    lines = {"welcome": "Hola.", "look-around": "Mira.", "@of": of}
    project.write("tutorials/tour.es.json", json.dumps(lines))
    assert listed(project, "--stale", "--lang", "es") == 0
    *_, told, head, row = capsys.readouterr().out.splitlines()
    assert told == "1 line translated from an older text:"
    assert head.split() == ["side", "file", "key", "the", "source", "is", "now"]
    assert row.split(None, 2) == [
        "tutorials/tour.es.json",
        "welcome",
        "Welcome to this small tour.",
    ]


def test_stale_tells_of_lines_only_where_there_are_some(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "find_machine", no_browser)
    project.write("tutorials/tour.es.json", '{"welcome": "Hola."}')
    assert listed(project, "--stale", "--lang", "es") == 0
    assert "older text" not in capsys.readouterr().out
