"""What the parent asks before a batch, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from forge.errors import MachineError, SettingsError
from forge.model.settings import Browser, Clock, Settings, Sound, Style, Video
from forge.workers import checks


def program(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_text("#!/bin/sh\nexit 9\n")
    path.chmod(0o755)
    return path


def settings(folder: Path, clock: Clock, browser: str) -> Settings:
    found = Browser(binary=program(folder, browser), driver=program(folder, "driver"))
    return Settings(project_dir=folder, video=Video(clock=clock), browser=found)


@pytest.mark.parametrize(
    ("clock", "browser", "found"),
    [
        ("auto", "headless-shell", "auto"),
        ("auto", "chrome", "elastic"),
        ("virtual", "headless-shell", "virtual"),
        ("elastic", "chrome", "elastic"),
        ("real", "headless-shell", "real"),
    ],
)
def test_clock_is_the_one_that_the_browser_allows(
    tmp_path: Path, clock: Clock, browser: str, found: Clock
) -> None:
    asked = settings(tmp_path, clock, browser)
    machine = checks.find_machine(asked)
    assert (machine.browser, machine.driver) == (tmp_path / browser, tmp_path / "driver")
    assert machine.clock == found
    warnings = checks.clock_warnings(asked, machine)
    assert len(warnings) == (clock == "auto" and found == "elastic")


def test_virtual_clock_without_a_headless_shell_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="no virtual clock"):
        checks.find_machine(settings(tmp_path, "virtual", "chrome"))


def test_missing_pictures_and_music_are_refused(tmp_path: Path) -> None:
    style, sound = Style(logo=Path("logo.png")), Sound(music=Path("song.mp3"))
    with pytest.raises(SettingsError, match=r"style\.logo"):
        checks.check_look(Settings(project_dir=tmp_path, style=style))
    with pytest.raises(SettingsError, match=r"song\.mp3"):
        checks.check_music(Settings(project_dir=tmp_path, sound=sound))
    checks.check_music(Settings(project_dir=tmp_path))


def test_adapter_facts_are_what_its_class_declares(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(
        "from forge import Adapter\nclass Shop(Adapter):\n    localized = True\n"
    )
    facts = checks.adapter_facts(Settings(project_dir=tmp_path, adapter="shop.py:Shop"))
    assert (facts.name, facts.localized, facts.parallel_safe) == ("Shop", True, False)
    assert checks.adapter_facts(Settings(project_dir=tmp_path)).parallel_safe
