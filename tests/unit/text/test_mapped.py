"""Changed texts: each character says which part of the original it stands for."""

from __future__ import annotations

import re

from forge.text.mapped import Mapped, group
from forge.text.segments import Span


def from_original(text: str, changed: Mapped) -> dict[str, str]:
    """Return, for each word of a changed text, the part of `text` that it stands for."""
    return {
        found[0]: text[slice(*changed.place(*found.span()))]
        for found in re.finditer(r"\S+", changed.text)
    }


def test_a_group_keeps_its_places() -> None:
    text = "Click **Save** now"
    changed = Mapped.of(text).sub(re.compile(r"\*\*(.+?)\*\*"), lambda m: [group(m, 1)])
    assert changed.text == "Click Save now"
    assert from_original(text, changed) == {"Click": "Click", "Save": "Save", "now": "now"}


def test_a_new_text_stands_for_the_whole_match() -> None:
    text = "in SQL now"
    changed = Mapped.of(text).sub(re.compile("SQL"), lambda m: ["ess queue ell"])
    assert changed.text == "in ess queue ell now"
    assert from_original(text, changed)["queue"] == "SQL"
    assert from_original(text, changed)["now"] == "now"


def test_changes_add_up() -> None:
    text = "a->bc d"
    changed = Mapped.of(text).sub(re.compile("->"), lambda m: [", "]).without(re.compile("b"))
    changed = changed.sub(re.compile("c"), lambda m: ["see"])
    assert changed.text == "a, see d"
    assert from_original(text, changed) == {"a,": "a->", "see": "c", "d": "d"}


def test_a_part_of_the_original_is_replaced_after_other_changes() -> None:
    text = "--SQL--"
    changed = Mapped.of(text).without(re.compile("-")).with_part(Span(2, 5), "x")
    assert (changed.text, changed.places) == ("x", (Span(2, 5),))


def test_single_characters_are_expanded() -> None:
    changed = Mapped.of("a1b").expanded({"1": "one", "b": ""})
    assert (changed.text, changed.places) == ("aone", (Span(0, 1), *[Span(1, 2)] * 3))


def test_a_part_without_characters_is_a_place() -> None:
    changed = Mapped.of("abc").without(re.compile("b"))
    assert changed.place(1, 1) == Span(1, 1)
    assert changed.place(0, 0) == Span(0, 0)
    assert changed.place(0, 2) == Span(0, 3)
