"""One error tree, small, and drawn where it is defined."""

from __future__ import annotations

import pickle

from forge import errors
from forge.errors import ClockError, ForgeError
from forge.workers.entry import explain
from forge.workers.recording.user_code import explain as explain_step


def tree(root: type[ForgeError]) -> list[type[ForgeError]]:
    return [root, *(found for child in root.__subclasses__() for found in tree(child))]


def test_the_tree_has_at_most_thirteen_classes_each_drawn_under_its_parent() -> None:
    classes = tree(ForgeError)
    assert len(classes) <= 13
    drawing = [line for line in (errors.__doc__ or "").splitlines() if "Error" in line]
    drawn = [line.strip("│├└─ ").split()[0] for line in drawing]
    assert drawn == [kind.__name__ for kind in classes]


def test_what_the_user_got_wrong_ends_with_two_and_a_failed_render_with_one() -> None:
    codes = {kind.__name__: kind.exit_code for kind in tree(ForgeError)}
    ones = {"ForgeError", *(kind.__name__ for kind in tree(errors.RenderError))}
    assert {name for name, code in codes.items() if code == 1} == ones
    assert set(codes.values()) == {1, 2}


def test_a_clock_that_cannot_stays_one_with_its_place_wherever_it_is_told() -> None:
    error = ClockError(
        "no frame was drawn", hint="real?", transient=True, step="run", file="/t.py", line=7
    )
    for told in (error, explain_step(error, "", ("/t.py", 7), "run"), pickle.loads(_dumped(error))):
        failure = explain(told)
        assert failure.kind == "ClockError"
        assert failure.headline == "/t.py:7: step 'run': no frame was drawn"
        assert (failure.hint, failure.transient) == ("real?", True)


def _dumped(error: Exception) -> bytes:
    return pickle.dumps(error)


def test_the_hint_is_part_of_what_is_shown() -> None:
    assert str(ForgeError("what", hint="do")) == "what\n  hint: do"
    assert str(ForgeError("what")) == "what"
