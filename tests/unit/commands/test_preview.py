"""`forge preview` up to the recording, which is simulated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from forge.commands.preview import preview
from forge.commands.request import Selection
from forge.errors import UsageError
from forge.project.settings_sources import load_settings
from forge.workers import checks, studio
from tests.support.jobs import MACHINE
from tests.support.project import TOUR, Project


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the list of arguments with which `studio.preview_step` is called."""
    calls: list[Any] = []
    monkeypatch.setattr(checks, "find_machine", lambda settings: MACHINE)
    monkeypatch.setattr(studio, "preview_step", lambda *given: calls.append(given))
    return calls


def shown(project: Project, step: str, *only: str) -> Path:
    settings = load_settings(project.folder)
    return preview(settings, step, Selection(only=only), None)


def test_preview_records_up_to_the_step(project: Project, recorded: list[Any]) -> None:
    project.write("helpers_of_preview.py", "ADDRESS = 'about:blank'")
    project.write("tutorials/tour.py", f"from helpers_of_preview import ADDRESS\n{TOUR}")
    assert shown(project, "welcome") == project.folder / "dist" / "tour.welcome.png"
    ((settings, machine, job, tutorial, path, _),) = recorded
    assert [step.id for step in tutorial.steps] == ["welcome"]
    assert (machine.clock, settings.hand.typing) == ("elastic", 0)
    assert (job.name, path.name) == ("tour", "tour.welcome.png")
    assert len(job.lines) == 2


def test_unknown_step_names_the_nearest(project: Project, recorded: list[Any]) -> None:
    with pytest.raises(UsageError, match="no tutorial has a step 'welcom'") as caught:
        shown(project, "welcom")
    assert caught.value.hint == "did you mean 'welcome'?"


def test_step_of_several_tutorials_needs_a_choice(project: Project, recorded: list[Any]) -> None:
    project.write_tour("other", "other")
    with pytest.raises(UsageError, match="several tutorials have a step 'welcome': other, tour"):
        shown(project, "welcome")
    assert shown(project, "welcome", "other").name == "other.welcome.png"
