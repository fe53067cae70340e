"""Arguments of the command line become settings, selections and requests."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from forge import cli
from forge.commands.arguments import settings_of
from forge.commands.render import request_of
from forge.commands.request import RenderRequest, Selection
from tests.support.project import Project


def words(project: Project, *more: str) -> argparse.Namespace:
    return cli.parser().parse_args(["render", "--project", str(project.folder), *more])


def test_no_arguments_change_nothing(project: Project) -> None:
    args = words(project)
    assert request_of(args) == RenderRequest()
    settings = settings_of(args)
    assert (settings.voice.engine, settings.keep_going, settings.retries) == ("silent", False, None)


def test_arguments_become_a_request(project: Project) -> None:
    args = words(
        *(project, "a.py", "b.py", "--only", "x", "--only", "y", "--shard", "1/2"),
        *("-j", "3", "--phase", "speak", "--resume", "--force", "--json", "r.json"),
    )
    assert request_of(args) == RenderRequest(
        selection=Selection(("a.py", "b.py"), ("x", "y"), "1/2"),
        phase="speak",
        lanes="3",
        resume=True,
        force=True,
        json=Path("r.json"),
    )


@pytest.mark.parametrize(
    ("given", "setting", "value"),
    [
        (("--lang", "es,fr"), "languages", ("es", "fr")),
        (("--keep-going",), "keep_going", True),
        (("--keep-work",), "keep_work", True),
        (("--contact-sheet",), "contact_sheet", True),
        (("--retries", "2"), "retries", 2),
        (("--clock", "real"), "video.clock", "real"),
        (("--voice", "piper"), "voice.engine", "piper"),
        (("--captions", "burn"), "style.captions", "burn"),
    ],
)
def test_arguments_win_over_settings(
    project: Project, given: tuple[str, ...], setting: str, value: object
) -> None:
    found: object = settings_of(words(project, *given))
    for part in setting.split("."):
        found = getattr(found, part)
    assert found == value


def test_out_dir_is_found_from_the_current_folder(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert settings_of(words(project, "--out-dir", "videos")).output_dir == tmp_path / "videos"
