"""Advice at load time: warnings for what could be better, and for nothing else."""

from __future__ import annotations

from typing import Any

from forge.project.lint import MAX_WORDS, lint
from forge.tutorial import Tutorial


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


def test_strict_adds_actions_objectives_and_recap() -> None:
    assert lint(busy(), strict=False) == []
    notes = lint(busy(), strict=True)
    assert len(notes) == 3
    assert "step 'three': 3 actions in one step" in notes[0]
    assert "tutorial 'busy': no objective" in notes[1]
    assert "tutorial 'busy': no recap" in notes[2]
