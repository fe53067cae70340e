"""The public names of `forge`: all are there, and their types reach a tutorial's author."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, assert_type

import pytest

import forge
from forge import Adapter, BatchOutcome, By, Context, Slot, Tutorial, render, type_into
from forge.errors import TutorialError
from tests.support.project import ROOT


def test_every_public_name_is_importable() -> None:
    assert {Adapter, BatchOutcome, By, Context, Slot, Tutorial, render, type_into}
    for name in forge.__all__:
        assert getattr(forge, name) is not None
    assert sorted(dir(forge)) == sorted(forge.__all__)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Tutoral'"):
        forge.Tutoral  # noqa: B018


def test_types_of_a_tutorial_are_seen() -> None:
    """mypy checks this function with all others; run, it shows that it is a usable tutorial."""
    tour = Tutorial("A tour", objectives=["One"])

    @tour.step
    def bare(browser: Any) -> None:
        """One."""

    @tour.step("Two.")
    def with_text(browser: Any, ctx: Context) -> int:
        return len(ctx.lang or "")

    @tour.step(settle_s=0.8, settle_until="idle", wait_for=(By.ID, "done"), clock="real")
    def with_options(browser: Any) -> str:
        """Three."""
        return ""

    assert_type(tour, Tutorial)
    assert_type(bare(None), None)
    assert_type(with_text, Callable[[Any, Context], int])  # type: ignore[assert-type]
    assert_type(with_options(None), str)
    assert [step.id for step in tour.steps] == ["bare", "with-text", "with-options"]


def test_wrong_options_are_type_errors_and_tutorial_errors() -> None:
    tour = Tutorial("A tour")
    with pytest.raises(TutorialError, match="unknown option 'settle'"):
        tour.step("One.", settle=1)(lambda browser: None)  # type: ignore[call-overload]
    with pytest.raises(TutorialError, match="is not usable"):
        tour.step("One.", settle_until="never")(lambda browser: None)  # type: ignore[call-overload]


def test_overload_spells_every_option_of_a_step() -> None:
    from forge.tutorial import _OPTIONS

    text = (ROOT / "forge" / "tutorial.py").read_text(encoding="utf-8")
    functions = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef)]
    spelled = [arg.arg for f in functions if f.name == "step" for arg in f.args.kwonlyargs]
    assert spelled == ["id", *_OPTIONS]
