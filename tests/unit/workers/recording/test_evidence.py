"""The files that a failed recording leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from selenium.common.exceptions import UnexpectedAlertPresentException

from forge.model.take import Take
from forge.store.paths import CONSOLE_FILE, PAGE_FILE, SCREENSHOT_FILE, TAKE_FILE
from forge.workers.recording.evidence import keep_evidence
from tests.support.fake_recorder import FakeBrowser, FakeRecorder
from tests.support.takes import take


@pytest.fixture
def browser() -> Any:
    return FakeBrowser()


@pytest.fixture
def recorder() -> Any:
    return FakeRecorder()


def so_far() -> Take:
    return take([], [], complete=False)


def test_all_evidence_is_kept(browser: Any, recorder: Any, tmp_path: Path) -> None:
    kept = keep_evidence(browser, recorder, so_far, tmp_path, pytest.fail)
    names = [SCREENSHOT_FILE, PAGE_FILE, CONSOLE_FILE, TAKE_FILE]
    assert kept == [str(tmp_path / name) for name in names]


def test_screenshot_is_taken_behind_an_open_dialog(
    browser: Any, recorder: Any, tmp_path: Path
) -> None:
    png = browser.get_screenshot_as_png()
    said: list[str] = []

    def taken() -> bytes:
        if not said:  # WebDriver closes the dialog, and says so once
            said.append("Sure?")
            raise UnexpectedAlertPresentException("unexpected alert open", alert_text="Sure?")
        return bytes(png)

    browser.get_screenshot_as_png = taken
    keep_evidence(browser, recorder, so_far, tmp_path, pytest.fail)
    assert (tmp_path / SCREENSHOT_FILE).read_bytes() == png


def test_passwords_are_cut_out(browser: Any, recorder: Any, tmp_path: Path) -> None:
    recorder.html = "<a href=http://user:secret@app/>"
    keep_evidence(browser, recorder, so_far, tmp_path, pytest.fail)
    for name in (PAGE_FILE, CONSOLE_FILE):
        assert "secret" not in (tmp_path / name).read_text()


def test_what_cannot_be_kept_is_warned_of(browser: Any, recorder: Any, tmp_path: Path) -> None:
    def broken() -> bytes:
        raise OSError("the browser is gone")

    browser.get_screenshot_as_png, recorder.html = broken, None
    warnings: list[str] = []
    kept = keep_evidence(browser, recorder, so_far, tmp_path, warnings.append)
    assert kept == [str(tmp_path / CONSOLE_FILE), str(tmp_path / TAKE_FILE)]
    assert warnings == [
        f"{SCREENSHOT_FILE} could not be kept: the browser is gone",
        f"{PAGE_FILE} could not be kept: the page does not answer",
    ]
