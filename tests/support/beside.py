"""Renders side by side."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.support.project import Project


def side_by_side(*renders: Callable[[], Project]) -> list[Project]:
    """Run `renders` at the same time and return what they do: recordings in real time wait."""
    with ThreadPoolExecutor() as threads:
        return [done.result() for done in [threads.submit(render) for render in renders]]
