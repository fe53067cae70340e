"""A real browser without a recorder, and pages for it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forge.model.settings import Browser, Settings
from forge.workers.checks import find_machine
from forge.workers.recording.browser.chrome import WatchedChrome
from forge.workers.recording.browser.launch import launch


@contextmanager
def live_browser(folder: Path, *args: str) -> Iterator[WatchedChrome]:
    """Start a browser with more command-line arguments; end it after the block."""
    settings = Settings(browser=Browser(args=args))
    browser, end = launch(settings, find_machine(settings).on("elastic"), folder)
    try:
        yield browser
    finally:
        end()


def page(html: str) -> str:
    """Return a URL that shows `html`."""
    text = f'<!doctype html><meta charset="utf-8"><body>{html}'
    return "data:text/html;base64," + b64encode(text.encode()).decode()
