"""The scripts for shells: what bash completes with its script."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from forge import cli
from forge.commands.completion import SHELLS, script

STEPS = '{"steps": [{"id": "create-event"}, {"id": "invite", "narration": "\\"id\\": \\"x\\""}]}'


@pytest.fixture(scope="module")
def bash(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the script of bash, and a project with two rendered tutorials."""
    folder = tmp_path_factory.mktemp("bash")
    (folder / "forge.bash").write_text(script(cli.parser(), "bash"))
    for job in ("tour.en", "tour.pt-BR", "other", "logs"):
        (folder / "my project" / ".forge" / job).mkdir(parents=True)
        if job != "logs":
            (folder / "my project" / ".forge" / job / "manifest.json").write_text(STEPS)
    return folder


def completed(folder: Path, *words: str) -> list[str]:
    """Return what bash offers for the last of `words`."""
    text = (
        f"source forge.bash; COMP_WORDS=({shlex.join(words)}); COMP_CWORD={len(words) - 1};"
        " _shtab_forge; printf '%s\\n' \"${COMPREPLY[@]}\""
    )
    command = ["bash", "--norc", "-euc", text]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["ren"], ["render"]),
        (["render", "--keep-g"], ["--keep-going"]),
        (["render", "--clock", "v"], ["virtual"]),
        (["render", "--project", "my"], ["my", "project"]),
        (["render", "--project", "my project", "--only", ""], ["other", "tour"]),
        (["render", "--project=my project", "--only", "t"], ["tour"]),
        (["preview", "--project", "my project", "c"], ["create-event"]),
        (["render", "--only", "t"], []),
        (["completion", ""], [*SHELLS]),
    ],
)
def test_bash_completes_words_paths_and_ids(
    bash: Path, words: list[str], offered: list[str]
) -> None:
    assert completed(bash, "forge", *words) == offered


def test_zsh_completes_ids_with_the_same_functions() -> None:
    text = script(cli.parser(), "zsh")
    assert text.startswith("#compdef forge\n")
    for part in (":ID:_forge_complete_tutorials", "such as create-event:_forge_complete_steps"):
        assert part in text
    assert text.index("_forge_tutorial_ids() {") > 0


def test_parser_of_the_command_line_stays_as_it_is() -> None:
    before = cli.parser().format_help()
    script(cli.parser(), "bash")
    assert cli.parser().format_help() == before
