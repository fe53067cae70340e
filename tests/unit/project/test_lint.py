"""Advice at load time: warnings for what could be better, and for nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from forge.model.settings import Settings, Voice
from forge.project.discovery import discover
from forge.project.lint import MAX_WORDS, lint
from forge.tutorial import Tutorial
from tests.support.project import ROOT

STRICT = Settings(strict=True)


def tutorial(words: int, **options: Any) -> Tutorial:
    tour = Tutorial("Tour", id="tour", objectives=["x"], summary="y")

    @tour.step("word " * words, **options)
    def talk(browser: Any) -> None: ...

    return tour


def test_more_than_sixty_words_warn() -> None:
    assert lint(tutorial(MAX_WORDS), STRICT) == []
    step = tutorial(MAX_WORDS + 1).steps[0]
    assert lint(tutorial(MAX_WORDS + 1), Settings()) == [
        f"{__file__}:{step.line}: step 'talk': 61 words of narration; over 60 tire the viewer"
    ]


def test_step_may_switch_advice_off() -> None:
    assert lint(tutorial(MAX_WORDS + 1, lint=False), STRICT) == []


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


def narrated(narration: str, **options: Any) -> Tutorial:
    tour = Tutorial("Tour", id="tour")
    tour.step(narration, **options)(nothing)
    return tour


@pytest.mark.parametrize(
    ("narration", "said"),
    [
        ("Click **Save**, then run `npm install`.", "Click Save, then run npm install."),
        ("See https://shop.example/prices?x=1 for more.", "See shop.example, prices for more."),
        ("<speak><break time='9s'/>Hello</speak>", "break Hello"),
        ("Well done! 🎉", "Well done!"),
        ("# Save it", "Save it"),
    ],
)
def test_signs_that_are_not_read_are_advised(narration: str, said: str) -> None:
    [note] = lint(narrated(narration), Settings())
    step = narrated(narration).steps[0]
    assert note == (
        f"{step.file}:{step.line}: step 'nothing': not read as it is written:"
        f" the voice says {said!r}; {{say: written|spoken}} sets other words"
    )
    assert lint(narrated(narration, lint=False), Settings()) == []


def test_sentence_of_which_nothing_is_read_is_advised() -> None:
    [note] = lint(narrated("🎉"), Settings())
    assert "step 'nothing': nothing of it is read; {say: written|spoken} sets" in note


@pytest.mark.parametrize(
    "narration",
    [
        "",
        "Choose File → Save as | PDF > A4, then web_socket or webSocket: 10\u202f000\u00a0€ & 5 %.",
        "Isn’t it “great”? Yes — it’s 12:30…",
        "Click {say: **Save**|save}, and then {say: 🎉|}celebrate.",
        "C# and 予定を作る、ภาษาไทย，किताब।",
        "…",
    ],
)
def test_what_is_read_or_set_by_the_author_needs_no_advice(narration: str) -> None:
    assert lint(narrated(narration), Settings()) == []


def test_lexicon_and_silence_need_no_advice() -> None:
    assert len(lint(narrated("All done ✓ here."), Settings())) == 1
    assert lint(narrated("All done ✓ here."), Settings(voice=Voice(say={"✓": "check"}))) == []
    assert lint(narrated("**Save** it."), Settings(voice=Voice(engine="silent"))) == []


def test_words_of_every_script_are_counted() -> None:
    [note] = lint(narrated("予定を作る。" * 21), Settings(source_language="ja"))
    assert "63 words of narration; over 60" in note


LATE = "To add an event, click New event."


def one_action(narration: str, **options: Any) -> Tutorial:
    tour = Tutorial("Tour", id="tour", objectives=["x"], summary="y")

    @tour.step(narration, **options)
    def go(browser: Any) -> None:
        browser.find_element("id", "a").click()

    return tour


def test_strict_advises_a_mark_where_the_action_is_named_late() -> None:
    assert lint(one_action(LATE), Settings()) == []
    [note] = lint(one_action(LATE), STRICT)
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
    assert lint(one_action(narration), STRICT) == []


def test_mark_is_advised_in_english_and_for_one_action_only() -> None:
    tour = Tutorial("Tour", id="tour", objectives=["x"], summary="y")
    tour.step(LATE)(nothing)
    assert lint(tour, STRICT) == []
    assert lint(one_action(LATE), Settings(strict=True, source_language="de")) == []
    assert lint(one_action(LATE, lint=False), STRICT) == []
    assert len(lint(one_action(f"{{pause 1}} {LATE}"), STRICT)) == 1
    assert len(lint(one_action(LATE), Settings(strict=True, source_language="en-GB"))) == 1


def nothing(browser: Any) -> None: ...


def test_example_needs_no_strict_advice() -> None:
    found = discover(["tutorials/*.py"], ROOT / "examples" / "lumen")
    assert len(found) == 2
    assert [note for item in found for note in lint(item.tutorial, STRICT)] == []


def test_strict_adds_actions_objectives_and_recap() -> None:
    assert lint(busy(), Settings()) == []
    notes = lint(busy(), STRICT)
    assert len(notes) == 3
    assert "step 'three': 3 actions in one step" in notes[0]
    assert "tutorial 'busy': no objective" in notes[1]
    assert "tutorial 'busy': no recap" in notes[2]
