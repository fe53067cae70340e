"""Captions and cards show at the times of the manifest, exact to the frame."""

from __future__ import annotations

import pytest

from forge.model.card_timing import Card
from forge.model.settings import Style
from forge.workers.composing.storyboard.frame_state import Screen, grid_index
from forge.workers.composing.storyboard.storyboard import Storyboard
from forge.workers.composing.text.cues import cues
from tests.support.takes import manifest, said

STEPS = [said("Hello there.", 3300, 1234), said("And on it goes.", 5500, 2000)]
CARDED = manifest(10_000, [(3000, 7)], STEPS).model_copy(
    update={
        "cards": (
            Card(kind="intro", start_ms=0, end_ms=3000),
            Card(kind="recap", start_ms=7900, end_ms=10_000),
        )
    }
)


@pytest.mark.parametrize("fps", [25, 30, 60])
def test_a_burned_caption_shows_while_its_words_are_spoken(fps: int) -> None:
    found = cues(CARDED, "en")
    board = Storyboard(CARDED, Screen(640, 360, 1, fps), Style(), found)
    for cue in found:
        start, end = grid_index(cue.start_ms, fps), grid_index(cue.end_ms, fps)
        assert [board.state(at).caption for at in (start - 1, start)] == [None, cue]
        assert [board.state(at).caption for at in (end - 1, end)] == [cue, None]
        assert abs(start * 1000 / fps - cue.start_ms) <= 500 / fps


def test_captions_in_files_are_not_drawn() -> None:
    board = Storyboard(CARDED, Screen(640, 360, 1, 30), Style())
    assert all(state.caption is None for state in board.states())


def test_an_intro_fades_out_and_a_recap_in() -> None:
    states = Storyboard(CARDED, Screen(640, 360, 1, 30), Style()).states()
    whole = [at for at, state in enumerate(states) if state.card is not None and not state.fade]
    fading = [at for at, state in enumerate(states) if state.fade]
    assert fading == [*range(82, 90), *range(237, 245)], "a third of a second, less its ends"
    assert whole == [*range(82), *range(245, 300)]
    assert all(state.cursor is None for state in (states[0], states[-1])), (
        "nothing lies over a card"
    )
    intro, recap = CARDED.cards
    shown = [states[at].card for at in (0, 89, 90, 236, 237, 299)]
    assert shown == [intro, intro, None, None, recap, recap]
    fades = [states[at].fade for at in range(81, 90)]
    assert fades == sorted(fades), "an intro only goes"
