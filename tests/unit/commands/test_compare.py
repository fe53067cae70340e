"""Comparing two renders of a job: the first difference, and if it is a fault."""

from __future__ import annotations

import numpy as np
import pytest

from forge.commands.compare import (
    MARK,
    Comparison,
    Pixels,
    RenderDigest,
    compare_pixels,
    difference,
    first_difference,
    judge,
)
from tests.support.digests import digest


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (digest(), None),
        (digest(second_end_ms=4100), "in step 'two': end_ms 4000, then 4100"),
        (digest("axc"), "in step 'one': what shows at 1.50 s"),
        (digest("abx"), "in step 'two': what shows at 3.00 s"),
        (digest("abcd"), "in step 'two': what shows at 4.50 s"),
        (digest("xbc"), "in step 'one': what shows at 0.00 s"),
        (digest(file="g"), "in the file only: timeline and pictures are the same"),
    ],
)
def test_first_difference_is_named(other: RenderDigest, said: str | None) -> None:
    assert difference(digest(), other) == said


def test_late_picture_differs_from_its_first_moment() -> None:
    late = digest()
    pictures = tuple(
        picture.model_copy(update={"at_ms": picture.at_ms + 100 * (picture.frame == 1)})
        for picture in late.manifest.pictures
    )
    late = late._replace(manifest=late.manifest.model_copy(update={"pictures": pictures}))
    assert first_difference(digest(), late) == (1500, 1, 0)
    assert first_difference(late, digest()) == (1500, 0, 1)
    assert difference(digest(), late) == "in step 'one': what shows at 1.50 s"


def test_repeated_picture_is_no_difference() -> None:
    assert first_difference(digest("abb"), digest("ab")) is None


SOCKET = "web socket ws://h/k, in step with real time for 4.2 s of 38 s"


def true(one: RenderDigest) -> RenderDigest:
    return one._replace(outside=(SOCKET,))


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        (digest(), digest(), Comparison("exact and same", "")),
        (
            digest(),
            digest("axc"),
            Comparison("exact but differs: a fault", "in step 'one': what shows at 1.50 s", True),
        ),
        (
            true(digest()),
            true(digest("axc")),
            Comparison("true", f"differs in step 'one': what shows at 1.50 s ({SOCKET})"),
        ),
        (
            digest(),
            true(digest("axc")),
            Comparison("true", f"differs in step 'one': what shows at 1.50 s ({SOCKET})"),
        ),
        (true(digest()), true(digest()), Comparison("true", f"the same ({SOCKET})")),
    ],
)
def test_only_exact_jobs_that_differ_are_faults(
    one: RenderDigest, other: RenderDigest, verdict: Comparison
) -> None:
    assert judge(one, other) == verdict


def grey(width: int = 40, height: int = 30) -> Pixels:
    return np.full((height, width, 3), 90, dtype=np.uint8)


def test_box_of_a_difference_is_minimal() -> None:
    other = grey()
    other[5, 10], other[20, 13, 2] = 91, 0
    found = compare_pixels(grey(), other)
    assert found is not None
    assert (found.box, found.pixels) == ((10, 5, 4, 16), 2)
    assert found.share == pytest.approx(2 / 1200)
    marked = (found.drawn == MARK).all(axis=2)
    assert sorted(zip(*marked.nonzero(), strict=True)) == [(5, 10), (20, 13)]
    assert compare_pixels(grey(), grey()) is None


def test_surplus_of_a_larger_picture_differs() -> None:
    for one, other in ((grey(), grey(44)), (grey(44), grey())):
        found = compare_pixels(one, other)
        assert found is not None
        assert (found.box, found.pixels) == ((40, 0, 4, 30), 120)
        assert found.drawn.shape == (30, 44, 3)
