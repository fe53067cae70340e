"""The prompt: its translation of `try`, and scripts on the standard input."""

from __future__ import annotations

import io
from typing import Any

import pytest

from forge.workers.prompt.consoles import interact, python_of


@pytest.mark.parametrize(
    ("line", "python"),
    [
        ('try (By.ID, "save")', 'try_((By.ID, "save"))'),
        ('  try button("Save")  ', '  try_(button("Save"))'),
        ("try:", "try:"),
        ("try :", "try :"),
        ("trying = 1", "trying = 1"),
        ("try", "try"),
    ],
)
def test_try_becomes_a_call_only_before_an_expression(line: str, python: str) -> None:
    assert python_of(line) == python


def script(text: str, names: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    return interact(names, "hello")


def test_script_runs_line_by_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tried: list[object] = []
    names = {"try_": tried.append, "n": 20}
    text = "n += 1\nfor i in range(2):\n    n += i\n\nn * 2\ntry n\n"
    assert script(text, names, monkeypatch)
    assert tried == [22]
    assert capsys.readouterr().out == "hello\n44\n"


@pytest.mark.parametrize("wrong", ["1/0\n", "n = = 1\n"])
def test_script_with_an_error_goes_on_and_fails(
    wrong: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not script(f"{wrong}n\n", {"n": 7}, monkeypatch)
    shown = capsys.readouterr()
    assert shown.out == "hello\n7\n"
    assert "Error" in shown.err


def test_exit_ends_a_script(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script("raise SystemExit(3)\nprint('not reached')\n", {}, monkeypatch)
    assert capsys.readouterr().out == "hello\n"


def test_no_input_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert interact({}, "hello")
