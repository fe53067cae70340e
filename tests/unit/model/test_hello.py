"""What of two machines decides bytes, and differs."""

from __future__ import annotations

from typing import Any

import pytest

from forge.model.hello import Hello, differences

FACTS = {"forge": "1.0", "browser": "Chromium 140", "fonts": "12 files (ab)"}


def hello(facts: dict[str, str] | None = None, **fields: Any) -> Hello:
    return Hello(decides=FACTS | (facts or {}), **fields)


def test_equal_machines_do_not_differ() -> None:
    assert differences(hello(), hello()) == []


def test_room_and_speed_decide_nothing() -> None:
    host = hello(processors=64, free_mb=5, disk_mb=7, model="another", lacks=("no voice",))
    assert differences(hello(), host) == []


@pytest.mark.parametrize("label", FACTS)
def test_each_difference_is_named(label: str) -> None:
    [said] = differences(hello(), hello({label: "other"}))
    assert said == f"{label} {FACTS[label]} here and other there"


def test_what_only_one_has_is_a_difference() -> None:
    more = hello({"piper": "1.8"})
    assert differences(more, hello()) == ["piper 1.8 here and none there"]
    assert differences(hello(), more) == ["piper none here and 1.8 there"]


def test_hello_crosses_a_border_unchanged() -> None:
    sent = hello(lacks=("no browser",), free_mb=3.5)
    assert Hello.model_validate_json(sent.model_dump_json()) == sent
