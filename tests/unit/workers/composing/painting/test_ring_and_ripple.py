"""Rings and ripples: where they are drawn."""

from __future__ import annotations

import numpy as np

from forge.model.settings import Style
from forge.workers.composing.painting.ring_and_ripple import RingArtist, RippleArtist
from forge.workers.composing.storyboard.frame_state import (
    RING_GOES,
    RING_HAS_COME,
    FrameState,
    Ring,
    Ripple,
)
from tests.support.painting import changes, painted


def test_a_ring_surrounds_its_box_evenly() -> None:
    ring = FrameState(0, ring=Ring(80, 40, 80, 30, 0.5))
    left, top, right, bottom = changes(ring, RingArtist(Style(), 1), grey=255)
    assert 4 <= 80 - left == 40 - top == right - 160 == bottom - 70 <= 10


def test_a_ring_stands_still_between_coming_and_going() -> None:
    progress = (RING_HAS_COME - 0.1, RING_HAS_COME, 0.6, RING_GOES, RING_GOES + 0.1)
    states = [FrameState(0, ring=Ring(80, 40, 80, 30, part)) for part in progress]
    comes, came, stands, still, goes = (painted(s, RingArtist(Style(), 1)) for s in states)
    assert np.array_equal(came, stands) and np.array_equal(stands, still)
    assert not np.array_equal(comes, came) and not np.array_equal(still, goes)


def test_a_ripple_surrounds_its_point() -> None:
    ripple = FrameState(0, ripples=(Ripple(120, 70, 0.2),))
    left, top, right, bottom = changes(ripple, RippleArtist(Style(), 1), grey=255)
    assert (left + right, top + bottom) == (240, 140)


def test_the_strips_of_a_large_ring_join_seamlessly() -> None:
    state = FrameState(0, ring=Ring(41.3, 43.7, 150.2, 46.9, 0.5))
    drawn = painted(state, RingArtist(Style(), 1))
    moved = painted(state._replace(ring=Ring(41.3, 43.7, 150.2, 40.0, 0.5)), RingArtist(Style(), 1))
    assert np.array_equal(drawn[:60], moved[:60]), "the lower side does not reach up here"
    middle = drawn[66:70]
    assert np.array_equal(middle[0], middle[3]), "straight sides"
