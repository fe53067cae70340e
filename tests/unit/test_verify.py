"""What `forge verify` says of two renders."""

from __future__ import annotations

import pytest

from forge.layout import Manifest, ManifestStep, Picture
from forge.verify import Imprint, difference


def step(name: str, start_ms: int, end_ms: int) -> ManifestStep:
    return ManifestStep(
        id=name, narration=name, audio_file=None, audio_ms=500, start_ms=start_ms,
        audio_start_ms=start_ms + 300, action_start_ms=start_ms + 300,
        action_end_ms=start_ms + 400, end_ms=end_ms, interactions=(),
    )  # fmt: skip


def made(pictures: str = "abc", file: str = "f", second_end_ms: int = 4000) -> Imprint:
    manifest = Manifest(
        tutorial="tour",
        lang=None,
        title="Tour",
        total_ms=5000,
        steps=(step("one", 0, 2000), step("two", 2000, second_end_ms)),
        pictures=tuple(Picture(at_ms=1500 * i, frame=i) for i in range(len(pictures))),
    )
    return Imprint(manifest, list(pictures), file)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (made(), None),
        (made(second_end_ms=4100), "in step 'two': end_ms 4000, then 4100"),
        (made("axc"), "in step 'one': what shows at 1.50 s"),
        (made("abx"), "in step 'two': what shows at 3.00 s"),
        (made("abcd"), "in step 'two': what shows at 4.50 s"),
        (made("xbc"), "in step 'one': what shows at 0.00 s"),
        (made(file="g"), "in the file only: time line and pictures are the same"),
    ],
)
def test_the_first_difference_is_named(other: Imprint, said: str | None) -> None:
    assert difference(made(), other) == said
