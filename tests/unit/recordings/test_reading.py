"""A recording's file: what tool wrote it, and what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from forge.errors import ProjectError, UsageError
from forge.recordings.reading import read_recordings
from tests.support.project import ROOT

DATA = ROOT / "tests" / "data" / "recordings"
CLICK = {"type": "click", "selectors": [["#a"]]}


def read(tmp_path: Path, said: Any) -> Any:
    file = tmp_path / "it.json"
    file.write_text(said if isinstance(said, str) else json.dumps(said), encoding="utf-8")
    return read_recordings(file)


def test_both_tools_are_told_apart_by_what_is_in_the_file() -> None:
    (plan,) = read_recordings(DATA / "plan.json")
    assert plan.title == "Plan an event"
    assert [one.title for one in read_recordings(DATA / "shop.side")] == ["Log in", "Order"]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("{", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "is no recording"),
        ({"name": "x"}, "is no recording"),
        ({"steps": "x"}, "not a list of steps"),
        ({"steps": []}, "nothing is done"),
        ({"steps": [{"type": "setViewport", "width": 1, "height": 1}]}, "nothing is done"),
        ({"steps": [{"type": "click"}]}, r"step 1 \(click\) is not as the Recorder"),
        ({"steps": [{"type": "click", "selectors": [[]]}]}, "is not as the Recorder writes it"),
        ({"steps": [{"type": "change", "selectors": [["#a"]]}]}, "'value'"),
        ({"tests": []}, "version '' of Selenium IDE's files is unknown"),
        ({"version": "9.1", "tests": []}, "version '9.1'"),
        ({"version": "2.0", "tests": 1}, "not a list of tests"),
        ({"version": "2.0", "tests": [{"name": "t", "commands": [{}]}]}, "test 't', command 1"),
        ({"version": "2.0", "tests": [{"name": "t"}]}, "nothing is done"),
    ],
)
def test_bad_file_is_an_error_with_its_name(tmp_path: Path, said: Any, message: str) -> None:
    with pytest.raises(ProjectError, match=message) as caught:
        read(tmp_path, said)
    assert str(tmp_path / "it.json") in caught.value.message
    assert caught.value.hint or "list" in message
    assert caught.value.exit_code == 2


def test_file_that_cannot_be_read_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_recordings(tmp_path / "none.json")
    with pytest.raises(UsageError, match="cannot be read"):
        read_recordings(tmp_path)
    (tmp_path / "it.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ProjectError, match="not UTF-8"):
        read_recordings(tmp_path / "it.json")


def test_unknown_step_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    (found,) = read(tmp_path, {"steps": [CLICK, {"type": "swipe"}]})
    assert [event.kind for event in found.events] == ["click", "lost"]
    assert "'swipe'" in found.events[1].text


def test_mark_of_the_byte_order_is_skipped(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "\ufeff" + json.dumps({"steps": [CLICK]}))
    assert len(found.events) == 1
