"""The poster shows the moment that represents its video, and is drawn once."""

from __future__ import annotations

import pytest

from forge.model.card_timing import Card
from forge.model.settings import Style
from forge.model.take import Interaction
from forge.workers.composing.painting.compositor import Painter
from forge.workers.composing.painting.renderer import Scene
from forge.workers.composing.sidecars.poster import poster, poster_ms
from forge.workers.composing.storyboard.frame_state import Screen
from forge.workers.composing.storyboard.storyboard import Storyboard
from tests.support.painting import Greys, KeptInMemory, PlainDigests, no_card
from tests.support.takes import manifest, said

QUIET, LATER = said("Look.", 300, 1000), said("Look.", 5300, 1000)
CLICKED = LATER.model_copy(update={"interactions": (Interaction(kind="click", at_ms=5500),)})
INTRO = Card(kind="intro", start_ms=0, end_ms=3000)
RECAP = Card(kind="recap", start_ms=8000, end_ms=10_000)


@pytest.mark.parametrize(
    ("steps", "cards", "expected_ms"),
    [
        ([QUIET, CLICKED], (INTRO,), 0),
        ([QUIET, CLICKED], (RECAP,), CLICKED.end_ms - 1),
        ([QUIET, CLICKED], (), CLICKED.end_ms - 1),
        ([QUIET, LATER], (), QUIET.end_ms - 1),
    ],
    ids=["intro", "recap", "first click", "no click"],
)
def test_the_poster_is_the_intro_or_the_first_click(
    steps: list[object], cards: tuple[Card, ...], expected_ms: int
) -> None:
    made = manifest(10_000, [(0, 0)], steps)  # type: ignore[arg-type]
    assert poster_ms(made.model_copy(update={"cards": cards})) == expected_ms


def test_a_poster_that_is_kept_is_not_drawn_again() -> None:
    greys, kept = Greys(), KeptInMemory()
    board = Storyboard(manifest(10_000, [(0, 0)], [QUIET]), Screen(320, 240, 1, 30), Style())
    scene = Scene(board, Painter(greys, (), no_card), PlainDigests())
    first = poster(scene, kept)
    drawn = len(greys.asked)
    assert drawn
    assert poster(scene, kept) == first
    assert len(greys.asked) == drawn
