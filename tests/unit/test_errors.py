"""One error tree, small, and drawn where it is defined."""

from __future__ import annotations

from forge import errors
from forge.errors import ForgeError


def tree(root: type[ForgeError]) -> list[type[ForgeError]]:
    return [root, *(found for child in root.__subclasses__() for found in tree(child))]


def test_the_tree_has_at_most_twelve_classes_each_drawn_under_its_parent() -> None:
    classes = tree(ForgeError)
    assert len(classes) <= 12
    drawing = [line for line in (errors.__doc__ or "").splitlines() if "Error" in line]
    drawn = [line.strip("│├└─ ").split()[0] for line in drawing]
    assert drawn == [kind.__name__ for kind in classes]


def test_what_the_user_got_wrong_ends_with_two_and_a_failed_render_with_one() -> None:
    codes = {kind.__name__: kind.exit_code for kind in tree(ForgeError)}
    ones = {"ForgeError", *(kind.__name__ for kind in tree(errors.RenderError))}
    assert {name for name, code in codes.items() if code == 1} == ones
    assert set(codes.values()) == {1, 2}


def test_the_hint_is_part_of_what_is_shown() -> None:
    assert str(ForgeError("what", hint="do")) == "what\n  hint: do"
    assert str(ForgeError("what")) == "what"
