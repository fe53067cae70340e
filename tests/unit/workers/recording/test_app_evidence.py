"""What a failure says of the app: that it has ended, what it printed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from forge.adapters.contract import Slot
from forge.errors import RecordingError
from forge.store.paths import APP_LOG_FILE
from forge.workers.recording.app_evidence import explain_by_app, keep_app_log
from forge.workers.recording.browser.documents import WrongPage


class FakeServer:
    def __init__(self, said: str, exit_code: int | None = None) -> None:
        self.running: Any = SimpleNamespace(
            exit_code=exit_code, said=lambda: said, tail=lambda: f"its log ends: {said}"
        )


@pytest.fixture
def slot(tmp_path: Path) -> Slot:
    return Slot(0, tmp_path)


def serve(slot: Slot, server: FakeServer) -> None:
    slot.servers["app"] = server  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("exit_code", "status", "hint"),
    [
        (3, 0, "look; the app has ended with exit code 3; its log ends: no memory"),
        (None, 500, "look; its log ends: no memory"),
        (None, 404, "look"),
    ],
)
def test_the_hint_has_the_end_of_the_log_where_the_app_may_be_the_cause(
    slot: Slot, exit_code: int | None, status: int, hint: str
) -> None:
    serve(slot, FakeServer("no memory", exit_code))
    error = RecordingError("no such element", hint="look")
    explain_by_app(error, slot, WrongPage("wrong", status=status))
    assert error.hint == hint
    explain_by_app(KeyError(), slot, None)


def test_the_log_is_kept_without_passwords(slot: Slot, tmp_path: Path) -> None:
    assert keep_app_log(slot, tmp_path, pytest.fail) == []
    serve(slot, FakeServer("on postgres://me:secret@db"))
    assert keep_app_log(slot, tmp_path, pytest.fail) == [str(tmp_path / APP_LOG_FILE)]
    assert (tmp_path / APP_LOG_FILE).read_text() == "on postgres://db"


def test_a_log_that_cannot_be_kept_is_warned_of(slot: Slot, tmp_path: Path) -> None:
    serve(slot, FakeServer("up"))
    warnings: list[str] = []
    assert keep_app_log(slot, tmp_path / "nowhere", warnings.append) == []
    assert "app.log could not be kept" in warnings[0]
