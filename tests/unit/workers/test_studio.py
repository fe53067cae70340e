"""Parts of a render in the command's process, as far as they need no browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from forge.model.settings import Browser, Settings
from forge.store.paths import SCREENSHOT_FILE
from forge.workers import studio
from forge.workers.composing.sidecars import thumbnail


def test_versions_are_what_the_programs_say(tmp_path: Path) -> None:
    for name, body in (("chrome", "echo Chrome 9.1"), ("driver", "exit 3")):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
    browser = Browser(binary=tmp_path / "chrome", driver=tmp_path / "driver")
    said = studio.browser_versions(Settings(project_dir=tmp_path, browser=browser))
    assert said == f"Chrome 9.1 ({tmp_path}/chrome), exit 3 ({tmp_path}/driver)"


def test_thumbnail_of_a_screenshot_is_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnail, "thumbnail", lambda path, width: f"{path} {width}".encode())
    shot = tmp_path / SCREENSHOT_FILE
    assert studio.thumbnail(shot) == f"{shot} 800".encode()


def test_encoder_has_what_videos_need() -> None:
    assert studio.encoder_version().endswith("with libx264 and aac")
