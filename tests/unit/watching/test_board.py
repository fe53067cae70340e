"""What the page is told: states with a number, as JSON."""

from __future__ import annotations

import json
import threading

from forge.watching.board import Board
from tests.support.watched import tour


def test_readers_get_each_version_once() -> None:
    board = Board("shop")
    assert board.read(after=0, timeout_s=0) is None
    board.change(lambda shown: shown.plan([tour()]))
    first = board.read(after=0, timeout_s=0)
    assert first
    version, text = first
    (job,) = json.loads(text)["jobs"]
    assert [step["text"] for step in job["steps"]] == ["one", "two"]
    assert board.read(version, timeout_s=0) is None


def test_reader_that_waits_is_woken_by_a_change() -> None:
    board, found = Board("shop"), []
    reader = threading.Thread(target=lambda: found.append(board.read(0, timeout_s=20)))
    reader.start()
    board.change(lambda shown: setattr(shown, "doing", "speaks"))
    reader.join(10)
    assert "speaks" in repr(found)


def test_new_plan_keeps_what_is_known_of_the_steps() -> None:
    board = Board("shop")
    board.shown.plan([tour(), tour("gone")])
    job = board.shown.jobs[0]
    job.steps[1].draw("two.jpg", 3.0)
    job.finish(["slow"])
    board.shown.plan([tour(says=["zero", "two, but longer", "three"])])
    (now,) = board.shown.jobs
    assert (now.state, now.warnings) == ("played", ["slow"])
    assert [(step.id, step.text, step.picture) for step in now.steps] == [
        ("s0", "zero", ""),
        ("s1", "two, but longer", "two.jpg"),
        ("s2", "three", ""),
    ]
