"""What is looked for before a browser starts: programs, folders, ports, addresses."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from forge.adapters import app_checks
from forge.adapters.app_checks import check_app
from forge.errors import AdapterError, MachineError
from forge.model.app_settings import App
from forge.model.settings import Settings
from forge.text import redact


def settings(folder: Path, **keys: Any) -> Settings:
    (folder / "forge.toml").touch()
    return Settings(project_dir=folder, app=App.model_validate(keys))


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"command": ["sh", "-c", "x"]},
        {"command": [sys.executable]},
        {"command": ["./serve"]},
        {"command": ["serve"], "env": {"PATH": "{here}"}},
        {"command": ["{data}/serve"], "data": "seed"},
        {"command": ["sh"], "cwd": "{data}/inner", "data": "seed"},
        {"static": "seed"},
    ],
)
def test_an_app_that_has_all_it_needs_passes(tmp_path: Path, keys: dict[str, Any]) -> None:
    (tmp_path / "seed").mkdir()
    (tmp_path / "serve").touch(mode=0o755)
    if "env" in keys:
        keys = {**keys, "env": {"PATH": str(tmp_path)}}
    check_app(settings(tmp_path, **keys))


def test_a_program_is_looked_for_in_the_path_that_a_variable_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redact, "_hidden", set())
    (tmp_path / "serve").touch(mode=0o755)
    monkeypatch.setenv("SHOP_PATH", str(tmp_path))
    check_app(settings(tmp_path, command=["serve"], env={"PATH": "$SHOP_PATH"}))


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"command": ["no-such-program"]}, "app.command: there is no program 'no-such-program'"),
        ({"command": ["./serve"]}, "app.command: there is no program './serve'"),
        ({"command": ["sh"], "reset": ["no-such"]}, "app.reset: there is no program 'no-such'"),
        ({"command": ["sh"], "cwd": "nowhere"}, "app.cwd: there is no folder"),
        ({"command": ["sh"], "data": "nowhere"}, "app.data: there is no folder or file"),
        ({"static": "nowhere"}, "app.static: there is no folder"),
    ],
)
def test_what_is_missing_is_named_with_file_and_key(
    tmp_path: Path, keys: dict[str, Any], says: str
) -> None:
    with pytest.raises(AdapterError) as caught:
        check_app(settings(tmp_path, **keys))
    assert caught.value.message.startswith(f"forge.toml: {says}")
    assert caught.value.hint


def test_a_port_that_is_taken_is_found(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AdapterError, match=f"app.port: port {port} is taken"):
            check_app(settings(tmp_path, command=["sh"], port=port))


def test_an_address_that_does_not_answer_is_found(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(AdapterError, match=rf"app\.url: http://127.0.0.1:{port} does not answer"):
        check_app(settings(tmp_path, url=f"http://127.0.0.1:{port}"))


def test_a_date_needs_libfaketime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_checks, "find_faketime", lambda: None)
    with pytest.raises(MachineError, match="libfaketime"):
        check_app(settings(tmp_path, command=["sh"], date="2026-01-01T12:00:00Z"))
    monkeypatch.setattr(app_checks, "find_faketime", lambda: Path("/lib/x.so"))
    check_app(settings(tmp_path, command=["sh"], date="2026-01-01T12:00:00Z"))
