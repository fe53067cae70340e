"""`forge init --app KIND`: which project is made for which folder."""

from __future__ import annotations

import argparse
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from forge.commands import init
from forge.commands.starter import STARTERS
from forge.errors import UsageError
from forge.project.discovery import load_tutorials
from forge.project.settings_sources import load_settings


def made(folder: Path, kind: str | None) -> dict[str, Any]:
    """Make a project in `folder`; return its settings."""
    parser = argparse.ArgumentParser()
    init.add_arguments(parser)
    args = [str(folder)] + ([f"--app={kind}"] if kind else [])
    assert init.run(parser.parse_args(args)) == 0
    with (folder / "forge.toml").open("rb") as file:
        return tomllib.load(file)


@pytest.mark.parametrize("kind", STARTERS)
def test_a_project_of_each_kind_loads(tmp_path: Path, kind: str) -> None:
    made(tmp_path, kind)
    settings = load_settings(tmp_path)
    (found,) = load_tutorials(tmp_path / "tutorials" / "first_tour.py")
    assert found.tutorial.steps
    assert (settings.app.kind is None) == (kind == "demo")
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in written if path.suffix == ".in"]
    assert not [
        path
        for path in written
        if re.search("@(found|python|out_dir|command|note)@", path.read_text())
    ]
    for path in (settings.app.static, settings.app.data):
        assert path is None or (tmp_path / path).exists()


@pytest.mark.parametrize(
    ("kind", "file", "key", "value"),
    [
        ("static", "public/index.html", "static", "public"),
        ("static", "index.html", "static", "."),
        ("jupyter", "work/a.ipynb", "data", "work"),
    ],
)
def test_the_app_that_is_there_is_shown(
    tmp_path: Path, kind: str, file: str, key: str, value: str
) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text("own")
    assert made(tmp_path, kind)["app"][key] == value
    assert load_settings(tmp_path).app.kind
    assert (tmp_path / file).read_text() == "own"
    assert "refresh" in (tmp_path / "tutorials" / "first_tour.py").read_text()


@pytest.mark.parametrize(
    ("kind", "file", "words"),
    [
        ("flask", "wsgi.py", ["--app", "wsgi"]),
        ("streamlit", "streamlit_app.py", ["run", "streamlit_app.py"]),
        ("django", "manage.py", ["manage.py", "runserver"]),
        ("node", "package.json", ["npm", "start"]),
        ("php", "public/index.php", ["-t", "public"]),
    ],
)
def test_the_command_of_the_app_that_is_there_is_written(
    tmp_path: Path, kind: str, file: str, words: list[str]
) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).touch()
    command = made(tmp_path, kind)["app"]["command"]
    at = command.index(words[0])
    assert command[at : at + len(words)] == words
    assert load_settings(tmp_path).app.data is None
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        [".gitignore", "forge.toml", "tutorials", file.split("/")[0]]
    )


@pytest.mark.parametrize(
    ("scripts", "command"),
    [
        ({"start": "node server.js", "dev": "vite"}, "npm start"),
        ({"dev": "vite"}, "npm run dev -- --port {port}"),
        ({"dev": "NODE_ENV=development npx vite --open"}, "npm run dev -- --port {port}"),
        ({"dev": "tsc && vite"}, "npm run dev -- --port {port}"),
        ({"dev": "vite build && node serve.js"}, "npm run dev"),
        ({"dev": "nodemon app.js"}, "npm run dev"),
        ({"start": "vite preview"}, "npm start -- --port {port}"),
        ({"start": "", "dev": "next dev"}, "npm run dev -- --port {port}"),
    ],
)
def test_the_script_that_serves_a_node_app_is_called_with_its_port(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], scripts: dict[str, str], command: str
) -> None:
    (tmp_path / "package.json").write_text(json.dumps({"scripts": scripts}))
    assert made(tmp_path, "node")["app"]["command"] == command.split()
    assert load_settings(tmp_path).app.env == {"PORT": "{port}"}
    assert "no script" not in (tmp_path / "forge.toml").read_text() + capsys.readouterr().out


@pytest.mark.parametrize("package", ['{"scripts": {"build": "tsc"}}', "{}", "[]", "not JSON", ""])
def test_a_node_app_without_a_script_that_serves_it_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], package: str
) -> None:
    (tmp_path / "package.json").write_text(package)
    assert made(tmp_path, "node")["app"]["command"] == ["npm", "start"]
    assert "# package.json has no script" in (tmp_path / "forge.toml").read_text()
    said = " ".join(capsys.readouterr().out.split())
    assert "package.json has no script named start or dev" in said


def test_npm_runs_server_js_without_a_script(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "server.js").touch()
    assert made(tmp_path, "node")["app"]["command"] == ["npm", "start"]
    assert "no script" not in capsys.readouterr().out


def test_pages_that_a_build_put_into_dist_are_not_mixed_with_videos(tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "index.html").touch()
    table = made(tmp_path, "static")
    assert (table["app"]["static"], table["out_dir"]) == ("dist", "videos")
    assert (tmp_path / ".gitignore").read_text() == "videos/\n.forge/\n"


def test_an_address_is_a_kind(tmp_path: Path) -> None:
    assert made(tmp_path, "https://staging.example.com")["app"]["url"].startswith("https://staging")


def test_the_python_of_an_environment_in_the_folder_is_called(tmp_path: Path) -> None:
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").touch()
    assert made(tmp_path, "flask")["app"]["command"][0] == ".venv/bin/python"


def test_files_that_are_there_stay(tmp_path: Path) -> None:
    (tmp_path / "server.js").write_text("own")
    made(tmp_path, "node")
    assert (tmp_path / "server.js").read_text() == "own"


def test_an_address_with_a_password_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="it has a user or a password in it"):
        made(tmp_path, "https://me:secret@example.com")


def test_any_name_of_a_folder_can_be_written(tmp_path: Path) -> None:
    (tmp_path / 'my "own" pages').mkdir()
    (tmp_path / 'my "own" pages' / "a.ipynb").touch()
    assert made(tmp_path, "jupyter")["app"]["data"] == 'my "own" pages'


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--app djagno: there is no such kind") as caught:
        made(tmp_path, "djagno")
    assert "'django'" in caught.value.hint
    assert list(tmp_path.iterdir()) == []
