"""Projects that are rendered by the command, with a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver import ChromeOptions

from forge.model.settings import Browser
from forge.workers.recording.browser.find import find_browser
from tests.support.project import Project
from tests.support.tours import SMALL, write_project


@pytest.fixture
def make_project(tmp_path: Path) -> Callable[..., Project]:
    """Return `make_project(tutorial, settings)`: it makes a small, silent project."""

    def make(tutorial: str, settings: str = "", video: str = SMALL) -> Project:
        return write_project(tmp_path / "project", tutorial, settings, video)

    return make


@pytest.fixture(scope="module")
def chrome() -> Iterator[webdriver.Chrome]:
    """Start a browser that tests watch results in."""
    found = find_browser(Browser())
    options = ChromeOptions()
    options.binary_location = str(found.binary)
    for arg in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--mute-audio"):
        options.add_argument(arg)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(executable_path=str(found.driver))
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()
