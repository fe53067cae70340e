"""The command line: every argument is explained, and every end has its exit code."""

from __future__ import annotations

import argparse
from collections.abc import Callable

import pytest

from forge import cli
from forge.errors import ForgeError, MachineError, RenderError


def commands() -> dict[str, argparse.ArgumentParser]:
    (found,) = (
        action.choices
        for action in cli.parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    return dict(found)


@pytest.mark.parametrize("name", commands())
def test_every_argument_has_help(name: str) -> None:
    for action in commands()[name]._actions:
        assert action.help, f"{name} {action.option_strings or action.dest}"
        assert not action.help.endswith("."), action.help


def test_help_shows_every_command_with_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.console(["--help"])
    text = capsys.readouterr().out
    assert [line for line in cli.COMMANDS.values() if line not in text] == []
    assert len(commands()) == len(cli.COMMANDS)


def fail(error: BaseException) -> Callable[[], int]:
    def run() -> int:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "code"),
    [(MachineError("x"), 2), (RenderError("x"), 1), (KeyboardInterrupt(), 130)],
)
def test_error_becomes_an_exit_code(
    error: BaseException, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.exit_code_of(fail(error)) == code
    told = capsys.readouterr().err
    assert told == ("error: x\n" if isinstance(error, ForgeError) else "")
