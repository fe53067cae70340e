"""The step that is shown after a change."""

from __future__ import annotations

from pathlib import Path

import pytest

from forge.errors import UsageError
from forge.watching.board import Shown
from forge.watching.places import affected, first_of
from tests.support.watched import planned, tour

HERE = Path("/p")


def test_first_place_is_the_first_step_or_the_one_that_is_named() -> None:
    plan = planned(HERE, tour(), tour("other", says=["a", "b", "c"]))
    assert first_of(plan, "") == ("tour", "s0")
    assert first_of(plan, "s2") == ("other", "s2")


def test_unknown_or_ambiguous_step_is_refused() -> None:
    plan = planned(HERE, tour(), tour("other"))
    with pytest.raises(UsageError, match="no tutorial has a step 's9'"):
        first_of(plan, "s9")
    with pytest.raises(UsageError, match="several tutorials have a step 's1': other, tour"):
        first_of(plan, "s1")
    assert first_of(planned(HERE, tour(lang="en"), tour(lang="es")), "s1") == ("tour.en", "s1")


def place(before: object, now: object, job: str, step: str) -> tuple[str, str]:
    shown = Shown("p", job=job, step=step)
    return affected(before, now, shown)  # type: ignore[arg-type]


def test_changed_sentence_is_shown() -> None:
    before, now = planned(HERE, tour()), planned(HERE, tour(says=["one", "three"]))
    assert place(before, now, "tour", "s0") == ("tour", "s1")


def test_changed_code_is_shown() -> None:
    before, now = planned(HERE, tour()), planned(HERE, tour(), codes="new")
    assert place(before, now, "tour", "s1") == ("tour", "s0")


def test_style_leaves_the_place() -> None:
    before, now = planned(HERE, tour()), planned(HERE, tour(), style="red")
    assert place(before, now, "tour", "s1") == ("tour", "s1")


def test_change_of_another_job_is_shown_in_the_same_language() -> None:
    shown = tour("a", "es")
    before = planned(HERE, shown, tour("b", "en"), tour("b", "es"))
    now = planned(HERE, shown, *(tour("b", lang, says=["one", "new"]) for lang in ("en", "es")))
    assert place(before, now, "a.es", "s0") == ("b.es", "s1")


def test_place_that_is_gone_is_left() -> None:
    before = planned(HERE, tour(), tour("other"))
    assert place(before, planned(HERE, tour(says=["one"])), "tour", "s1") == ("tour", "s0")
    assert place(before, planned(HERE, tour("other")), "tour", "s1") == ("other", "s0")
