"""Advice at load time: warnings for what could be better, and for nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from forge.project.discovery import discover
from forge.project.lint import MAX_WORDS, lint
from forge.tutorial import Tutorial
from tests.support.project import ROOT


def tutorial(words: int, **options: Any) -> Tutorial:
    tour = Tutorial("Tour", id="tour", objectives=["x"], summary="y")

    @tour.step("word " * words, **options)
    def talk(browser: Any) -> None: ...

    return tour


def test_more_than_sixty_words_warn() -> None:
    assert lint(tutorial(MAX_WORDS), strict=True) == []
    step = tutorial(MAX_WORDS + 1).steps[0]
    assert lint(tutorial(MAX_WORDS + 1), strict=False) == [
        f"{__file__}:{step.line}: step 'talk': 61 words of narration; over 60 tire the viewer"
    ]


def test_step_may_switch_advice_off() -> None:
    assert lint(tutorial(MAX_WORDS + 1, lint=False), strict=True) == []


def busy() -> Tutorial:
    tour = Tutorial("Busy", id="busy")

    @tour.step("Two is fine.")
    def two(browser: Any) -> None:
        browser.find_element("id", "a").click()
        browser.find_element("id", "b").send_keys("x")

    @tour.step("Three is not.")
    def three(browser: Any) -> None:
        browser.get("/")
        browser.find_element("id", "a").click()
        browser.find_element("id", "b").clear()

    return tour


LATE = "To add an event, click New event."


def one_action(narration: str, **options: Any) -> Tutorial:
    tour = Tutorial("Tour", id="tour", objectives=["x"], summary="y")

    @tour.step(narration, **options)
    def go(browser: Any) -> None:
        browser.find_element("id", "a").click()

    return tour


def test_strict_advises_a_mark_where_the_action_is_named_late() -> None:
    assert lint(one_action(LATE), strict=False) == []
    [note] = lint(one_action(LATE), strict=True)
    step = one_action(LATE).steps[0]
    assert note == (
        f"{__file__}:{step.line}: step 'go': the hand acts before the voice says 'click':"
        " mark it, {here} click"
    )


@pytest.mark.parametrize(
    "narration",
    [
        "To add an event, {here} click New event.",
        "Click New event. It opens the form in which you name your event.",
        "This clickable list is what your team plans.",
        "",
    ],
)
def test_mark_is_not_advised_where_it_would_not_help(narration: str) -> None:
    assert lint(one_action(narration), strict=True) == []


def test_mark_is_advised_in_english_and_for_one_action_only() -> None:
    tour = Tutorial("Tour", id="tour", objectives=["x"], summary="y")
    tour.step(LATE)(nothing)
    assert lint(tour, strict=True) == []
    assert lint(one_action(LATE), strict=True, language="de") == []
    assert lint(one_action(LATE, lint=False), strict=True) == []
    assert len(lint(one_action(LATE), strict=True, language="en-GB")) == 1


def nothing(browser: Any) -> None: ...


def test_example_needs_no_strict_advice() -> None:
    found = discover(["tutorials/*.py"], ROOT / "examples" / "lumen")
    assert len(found) == 2
    assert [note for item in found for note in lint(item.tutorial, strict=True)] == []


def test_strict_adds_actions_objectives_and_recap() -> None:
    assert lint(busy(), strict=False) == []
    notes = lint(busy(), strict=True)
    assert len(notes) == 3
    assert "step 'three': 3 actions in one step" in notes[0]
    assert "tutorial 'busy': no objective" in notes[1]
    assert "tutorial 'busy': no recap" in notes[2]
