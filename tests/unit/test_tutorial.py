"""Declaring a tutorial; every wrong declaration is refused with file and line."""

from __future__ import annotations

import asyncio
import functools
from pathlib import Path
from typing import Any

import pytest

from forge.errors import TutorialError
from forge.model.records import Mark
from forge.project.discovery import load_tutorials
from forge.tutorial import Tutorial, call, slug


def load(folder: Path, body: str) -> list[Tutorial]:
    """Load a module; its line 1 is an import, so `body` begins at line 2."""
    file = folder / "wrong.py"
    file.write_text(f"from forge import By, Tutorial\n{body}\n")
    return [item.tutorial for item in load_tutorials(file)]


def test_tutorial_has_its_texts_and_steps() -> None:
    tour = Tutorial("Getting started: Lumen!", objectives=["One"], summary="Done.")

    @tour.step
    def first_thing(browser: Any) -> None:
        """Say   this
        on two lines."""

    @tour.step("Said in place of it.", settle_s=0.8, wait_for=("id", "x"), id="other")
    def second(browser: Any, ctx: Any) -> None:
        """Not said."""

    @tour.step("")
    def silent(browser: Any) -> None:
        """Not said either."""

    assert (tour.id, tour.objectives, tour.summary) == (
        "getting-started-lumen",
        ("One",),
        "Done.",
    )
    assert [(s.id, s.narration) for s in tour.steps] == [
        ("first-thing", "Say this on two lines."),
        ("other", "Said in place of it."),
        ("silent", ""),
    ]
    assert (tour.steps[1].settle_s, tour.steps[1].wait_for) == (0.8, ("id", "x"))
    assert tour.steps[0].file == __file__
    assert tour.steps[0].line == first_thing.__code__.co_firstlineno


def test_marks_are_no_part_of_the_narration() -> None:
    tour = Tutorial("What {{here}} does", summary="{name} is {a: 1}.")

    @tour.step
    def first(browser: Any) -> None:
        """Now   {here}
        click {{here}}."""

    assert (tour.id, tour.title, tour.summary) == (
        "what-here-does",
        "What {here} does",
        "{name} is {a: 1}.",
    )
    assert tour.steps[0].narration == "Now click {here}."
    assert tour.steps[0].marks == (Mark(kind="here", at=4, end=4),)


def test_decorated_step_stays_the_same_function() -> None:
    tour = Tutorial("Tour")

    def welcome(browser: Any) -> str:
        """Welcome."""
        return f"with {browser}"

    assert tour.step(welcome) is welcome
    assert tour.step("Again.", id="again")(welcome) is welcome


def test_step_gets_the_arguments_it_names() -> None:
    assert call(lambda browser: (browser,), "b", "c") == ("b",)
    assert call(lambda browser, ctx: (browser, ctx), "b", "c") == ("b", "c")
    assert call(lambda browser, ctx=None: (browser, ctx), "b", "c") == ("b", "c")
    assert call(lambda browser, name="n": (browser, name), "b", "c") == ("b", "n")
    assert call(lambda browser, ctx, name="n": (browser, ctx, name), "b", "c") == ("b", "c", "n")


def test_decorated_coroutine_that_runs_is_a_step() -> None:
    async def look(browser: Any) -> str:
        """Look."""
        return f"with {browser}"

    @functools.wraps(look)
    def runs(browser: Any) -> str:
        return asyncio.run(look(browser))

    assert call(Tutorial("Tour").step(runs), "b", "c") == "with b"


def test_returned_coroutine_or_generator_is_an_error() -> None:
    async def later(browser: Any) -> None: ...

    for function in (lambda browser: later(browser), lambda browser: (n for n in "ab")):
        with pytest.raises(TutorialError, match=r"it returned a (coroutine|generator)"):
            call(function, "b", "c")


def test_setup_and_teardown_are_kept_apart_from_steps() -> None:
    tour = Tutorial("Tour")

    @tour.setup
    def before(browser: Any) -> None: ...

    @tour.teardown
    def after(browser: Any, ctx: Any) -> None: ...

    assert (tour.setup_function, tour.teardown_function, tour.steps) == (before, after, [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Create Event", "create-event"), ("__a__b__", "a-b"), ("Ünï 9", "n-9"), ("--", "")],
)
def test_slug_has_letters_digits_and_single_dashes(text: str, expected: str) -> None:
    assert slug(text) == expected


STEP = "@tour.step\ndef go(browser):\n    "

WRONG = {
    "bad tutorial id": (2, "bad tutorial id 'Not A Slug'", 'tour = Tutorial("T", id="Not A Slug")'),
    "title without a slug": (2, "bad tutorial id ''", 'tour = Tutorial("日本語")'),
    "objectives as text": (2, "objectives is one text", 'tour = Tutorial("T", objectives="abc")'),
    "empty tutorial": (2, "tutorial 't' is empty", 'tour = Tutorial("T")'),
    "no narration": (3, "step 'go' has no narration", f'tour = Tutorial("T")\n{STEP}pass'),
    "blank docstring": (3, "step 'go' has no narration", f'tour = Tutorial("T")\n{STEP}"""  """'),
    "bad step id": (
        3,
        "bad step id 'Go!'",
        'tour = Tutorial("T")\n@tour.step("x", id="Go!")\ndef go(browser): ...',
    ),
    "two steps with one id": (
        5,
        "two steps with the id 'go' in tutorial 't'; the first is at line 3",
        'tour = Tutorial("T")\n@tour.step("x")\ndef go(browser): ...\n'
        '@tour.step("y")\ndef go(browser): ...',
    ),
    "unknown option": (
        3,
        "unknown option 'settle'",
        'tour = Tutorial("T")\n@tour.step("x", settle=1)\ndef go(browser): ...',
    ),
    "negative settle": (
        3,
        "settle_s=-1 is not usable",
        'tour = Tutorial("T")\n@tour.step("x", settle_s=-1)\ndef go(browser): ...',
    ),
    "endless settle": (
        3,
        "settle_s=inf is not usable",
        'tour = Tutorial("T")\n@tour.step("x", settle_s=float("inf"))\ndef go(browser): ...',
    ),
    "settle_until nothing known": (
        3,
        "settle_until='soon' is not usable",
        'tour = Tutorial("T")\n@tour.step("x", settle_until="soon")\ndef go(browser): ...',
    ),
    "locator that is none": (
        3,
        "wait_for: '#toast' is nothing to wait for",
        'tour = Tutorial("T")\n@tour.step("x", wait_for="#toast")\ndef go(browser): ...',
    ),
    "focus that is no locator": (
        3,
        "is not usable",
        'tour = Tutorial("T")\n@tour.step("x", focus=(By.ID,))\ndef go(browser): ...',
    ),
    "no time to wait": (
        3,
        "wait_timeout_s=0 is not usable",
        'tour = Tutorial("T")\n@tour.step("x", wait_timeout_s=0)\ndef go(browser): ...',
    ),
    "lint that is no yes or no": (
        3,
        "lint='off' is not usable",
        'tour = Tutorial("T")\n@tour.step("x", lint="off")\ndef go(browser): ...',
    ),
    "step without a browser": (
        3,
        "a step takes `browser` or `browser, ctx`, not ()",
        'tour = Tutorial("T")\n@tour.step("x")\ndef go(): ...',
    ),
    "step with too much": (
        3,
        "a step takes `browser` or `browser, ctx`, not (a, b, c)",
        'tour = Tutorial("T")\n@tour.step("x")\ndef go(a, b, c): ...',
    ),
    "context by name only": (
        3,
        "not (browser, *, ctx)",
        'tour = Tutorial("T")\n@tour.step("x")\ndef go(browser, *, ctx): ...',
    ),
    "setup without a browser": (
        3,
        "a setup takes `browser` or `browser, ctx`",
        'tour = Tutorial("T")\n@tour.setup\ndef go(): ...',
    ),
    "teardown with too much": (
        3,
        "a teardown takes `browser` or `browser, ctx`",
        'tour = Tutorial("T")\n@tour.teardown\ndef go(a, b, c): ...',
    ),
    "no function": (
        3,
        "@tour.step decorates a function, not 3",
        'tour = Tutorial("T")\ntour.step("x")(3)',
    ),
    "coroutine as a step": (
        3,
        "this step is an `async def`",
        'tour = Tutorial("T")\n@tour.step("x")\nasync def go(browser): ...',
    ),
    "generator as a step": (
        3,
        "this step is a generator: it has a `yield`",
        'tour = Tutorial("T")\n@tour.step("x")\ndef go(browser): yield',
    ),
    "coroutine, in part": (
        4,
        "this step is an `async def`",
        'import functools; tour = Tutorial("T")\nasync def go(a, browser): ...\n'
        'tour.step("x", id="go")(functools.partial(go, 1))',
    ),
    "object that is called as a coroutine": (
        5,
        "this step is an `async def`",
        'tour = Tutorial("T")\nclass Go:\n    async def __call__(self, browser): ...\n'
        'tour.step("x", id="go")(Go())',
    ),
    "async generator as a setup": (
        3,
        "this setup is an async generator",
        'tour = Tutorial("T")\n@tour.setup\nasync def go(browser): yield',
    ),
    "generator as a teardown": (
        3,
        "this teardown is a generator",
        'tour = Tutorial("T")\n@tour.teardown\ndef go(browser): yield',
    ),
    "error page neither allowed nor not": (
        3,
        "allow_error_page=404 is not usable",
        'tour = Tutorial("T")\n@tour.step("x", allow_error_page=404)\ndef go(browser): ...',
    ),
    "class without code": (
        3,
        "a step takes",
        'tour = Tutorial("T")\n@tour.step("x")\nclass Go: ...',
    ),
    "misspelt mark": (
        3,
        "step 'go': the mark {hear} is wrong",
        'tour = Tutorial("T")\n@tour.step("Now {hear} click it.")\ndef go(browser): ...',
    ),
    "mark in the title": (
        2,
        "tutorial 't': title: the mark {here} is misplaced",
        'tour = Tutorial("Now {here} this", id="t")',
    ),
    "mark in an objective": (
        2,
        "tutorial 't': objectives: the mark {pause",
        'tour = Tutorial("T", objectives=["One", "Two {pause 2}"])',
    ),
    "mark in the summary": (
        2,
        "tutorial 't': summary: the mark {say: written|spoken} is misplaced",
        'tour = Tutorial("T", summary="{say: SQL|sequel} is easy.")',
    ),
    "mark in the description": (
        2,
        "tutorial 't': description: the mark {Pause} is wrong",
        'tour = Tutorial("T", description="{Pause}")',
    ),
    "syntax error": (3, "syntax error", "x = 1\nif x\n    pass"),
    "raises while it loads": (3, "ZeroDivisionError", "x = 0\ny = 1 / x"),
    "leaves while it loads": (2, "SystemExit: 3", "raise SystemExit(3)"),
    "imports what is not there": (2, "ModuleNotFoundError", "import no_such_module_anywhere"),
}


@pytest.mark.parametrize(("line", "message", "body"), WRONG.values(), ids=list(WRONG))
def test_wrong_declaration_names_file_and_line(
    tmp_path: Path, line: int, message: str, body: str
) -> None:
    with pytest.raises(TutorialError) as caught:
        load(tmp_path, body)
    assert caught.value.message.startswith(f"{tmp_path / 'wrong.py'}:{line}: ")
    assert message in caught.value.message
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("option", "fits"),
    [
        ('wait_timeout_s="3"', "at most 600: wait_timeout_s=30"),
        ('settle_s="1"', "settle_s=0.8"),
        ('settle_until="soon"', 'settle_until="idle"'),
        ('lint="off"', "lint=False"),
        ('clock="virtual"', 'clock="real"'),
        ('allow_error_page="yes"', "allow_error_page=True"),
        ("focus=(By.ID,)", "a locator is"),
    ],
)
def test_the_hint_about_a_wrong_option_is_about_that_option(
    tmp_path: Path, option: str, fits: str
) -> None:
    with pytest.raises(TutorialError, match=option.partition("=")[0]) as caught:
        load(tmp_path, f'tour = Tutorial("T")\n@tour.step("x", {option})\ndef go(browser): ...')
    assert fits in caught.value.hint
    assert caught.value.hint.count("=") <= 2, "no other option"


def test_error_in_an_imported_module_names_the_importing_line(tmp_path: Path) -> None:
    (tmp_path / "shared_words_for_test.py").write_text("raise RuntimeError('inner')\n")
    with pytest.raises(TutorialError, match=r"wrong\.py:2: RuntimeError: inner"):
        load(tmp_path, "import shared_words_for_test")


def test_binary_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "null.py"
    file.write_bytes(b"x = '\0'\n")
    with pytest.raises(TutorialError, match=r"null\.py:1: syntax error.*null bytes"):
        load_tutorials(file)
