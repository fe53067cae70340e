"""A browser with a window needs a screen."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from forge import cli


@pytest.fixture
def _no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("_no_screen")
def test_record_without_a_screen_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "it.py"
    assert cli.console(["record", "http://localhost:1/", "--out", str(out)]) == 2
    err = capsys.readouterr().err
    assert "this machine has no screen" in err
    assert "forge import" in err
    assert not out.exists()


def test_record_refuses_what_is_no_page_and_what_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "it.py"
    out.write_text("mine")
    assert cli.console(["record", "javascript://x", "--out", str(tmp_path / "new.py")]) == 2
    assert "is not the address of a page" in capsys.readouterr().err
    assert cli.console(["record", "localhost:1", "--out", str(out)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert out.read_text() == "mine"


@pytest.mark.browser
def test_record_refuses_a_temporary_folder_too_long_for_sockets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / ("long" * 20)
    folder.mkdir()
    monkeypatch.setenv("DISPLAY", ":1")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    out = tmp_path / "it.py"
    assert cli.console(["record", "http://localhost:1/", "--out", str(out)]) == 2
    assert "too long for the sockets" in capsys.readouterr().err
    assert list(folder.iterdir()) == []
