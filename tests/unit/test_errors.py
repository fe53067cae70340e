"""The tree of errors: small, and drawn in the docstring of its module."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from forge import errors
from forge.adapters.contract import Slot
from forge.adapters.sqlite_copy import SqliteCopy
from forge.errors import AdapterError, ClockError, ForgeError
from forge.workers.entry import explain
from forge.workers.recording.user_code import explain as explain_step


def tree(root: type[ForgeError]) -> list[type[ForgeError]]:
    return [root, *(found for child in root.__subclasses__() for found in tree(child))]


def test_tree_in_the_docstring_is_complete() -> None:
    classes = tree(ForgeError)
    assert len(classes) <= 13
    drawing = [line for line in (errors.__doc__ or "").splitlines() if "Error" in line]
    drawn = [line.strip("│├└─ ").split()[0] for line in drawing]
    assert drawn == [kind.__name__ for kind in classes]


def test_exit_codes_follow_the_tree() -> None:
    codes = {kind.__name__: kind.exit_code for kind in tree(ForgeError)}
    ones = {"ForgeError", *(kind.__name__ for kind in tree(errors.RenderError))}
    assert {name for name, code in codes.items() if code == 1} == ones
    assert set(codes.values()) == {1, 2}


def test_clock_error_keeps_its_place() -> None:
    error = ClockError(
        "no frame was drawn", hint="real?", transient=True, step="run", file="/t.py", line=7
    )
    for told in (error, explain_step(error, "", ("/t.py", 7), "run"), pickle.loads(_dumped(error))):
        failure = explain(told)
        assert failure.kind == "ClockError"
        assert failure.headline == "/t.py:7: step 'run': no frame was drawn"
        assert (failure.hint, failure.transient) == ("real?", True)


def _own_adapter() -> None:
    SqliteCopy("nothing.db").fresh(Slot(0, Path("/nowhere"), Path("/nowhere")))


def _standard_library() -> None:
    json.loads("{")


@pytest.mark.parametrize("fails", [_own_adapter, _standard_library])
def test_place_of_an_adapters_error_is_the_line_of_users_code(fails: Callable[[], None]) -> None:
    with pytest.raises((AdapterError, ValueError)) as raised:
        fails()
    told = explain_step(raised.value, "the adapter's setup failed", None)
    assert (told.file, told.line) == (__file__, fails.__code__.co_firstlineno + 1)


def _dumped(error: Exception) -> bytes:
    return pickle.dumps(error)


def test_hint_is_part_of_the_text() -> None:
    assert str(ForgeError("what", hint="do")) == "what\n  hint: do"
    assert str(ForgeError("what")) == "what"
