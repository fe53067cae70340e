"""Arguments of the command line become settings, selections and requests."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from forge import cli
from forge.commands.arguments import settings_of
from forge.commands.render import request_of
from forge.commands.request import RenderRequest, Selection
from forge.model.host_access import HostAccess
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


def test_options_of_hosts_become_the_way_to_them(project: Project) -> None:
    args = words(project, "--hosts", "ana:4,ben:2", "--unequal", "-j", "2")
    assert request_of(args) == RenderRequest(
        lanes="2", access=HostAccess(hosts="ana:4,ben:2", unequal=True)
    )
    args = words(project, "--cluster", "tls://h:8786", "--key", "k.pem")
    key = Path("k.pem").absolute()
    assert request_of(args).access == HostAccess(cluster="tls://h:8786", key=key)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("--hosts a --cluster tcp://b", "--hosts and --cluster were both given"),
        ("--key k.pem", "--key and --insecure are options of --cluster"),
        ("--hosts a --insecure", "--key and --insecure are options of --cluster"),
        ("--unequal", "--unequal is an option of --hosts and --cluster"),
        ("--hosts a --shard 1/2", "--shard divides the jobs by hand, --hosts and --cluster do it"),
        ("--hosts a --phase record", "--phase record runs on this machine only"),
    ],
)
def test_options_of_hosts_must_go_together(
    project: Project, capsys: pytest.CaptureFixture[str], given: str, message: str
) -> None:
    assert cli.console(["render", "--project", str(project.folder), *given.split()]) == 2
    assert f"error: {message}" in capsys.readouterr().err
    assert not (project.folder / ".forge").exists()


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
