"""Text of the projects that tests render: settings, pages, the beginning of a tutorial."""

from __future__ import annotations

import textwrap
from pathlib import Path

from tests.support.project import ROOT, Project

FEATURES = ROOT / "tests" / "render" / "features"

#: A picture of a million bytes is the least that Chromium gives a mapping of its own, from which
#: the virtual clock reads it. At 640 × 360, each picture is a screenshot: twice the processor time.
SMALL = """
    [voice]
    engine = "silent"
    [video]
    width = 640
    height = 400
    clock = "elastic"
"""
VIRTUAL = SMALL.replace("elastic", "virtual")
HEAD = """
    from forge import By, Tutorial
    tour = Tutorial("A tour", id="tour", summary="x")
"""


def begins_at(url: str) -> str:
    """Return the beginning of a tutorial whose first page is `url`."""
    return f"""{HEAD}
    @tour.setup
    def go(browser):
        browser.get({url!r})
"""


def page(body: str, script: str = "") -> str:
    """Return a page as a `data:` URL, short enough to stand in a tutorial."""
    tag = "<script>" + script + "</script>" if script else ""
    return f"data:text/html,<body style='margin:0'>{body}{tag}"


def write_project(folder: Path, tutorial: str, settings: str = "", video: str = SMALL) -> Project:
    """Make a project with one tutorial in `folder`; by default it is small, silent and elastic."""
    return write_tours(folder, {"tour": tutorial}, settings, video)


def write_tours(
    folder: Path, tours: dict[str, str], settings: str = "", video: str = SMALL
) -> Project:
    """Make a project of several tutorials, each in a file of its name, which becomes its id."""
    project = Project(folder)
    project.write("forge.toml", textwrap.dedent(settings) + textwrap.dedent(video))
    for name, tutorial in tours.items():
        project.write(f"tutorials/{name}.py", tutorial.replace('id="tour"', f'id="{name}"'))
    return project
