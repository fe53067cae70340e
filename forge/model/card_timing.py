"""The cards before and after a tutorial: their kinds, and how long each is shown."""

from __future__ import annotations

import unicodedata
from typing import Literal, NamedTuple

from forge.model.records import Job, Record

READ_MS_PER_COLUMN = 50  # twenty letters a second; a Chinese or Japanese character is two columns
SETTLE_IN_MS = 1000  # before a viewer begins to read
SHORTEST_MS, LONGEST_MS = 3000, 10_000
GRID_MS = 100  # steps and cards begin and end on this grid


class Card(Record):
    """A full picture of text, from `start_ms` to `end_ms` of the video.

    An intro shows the title and the objectives, a recap shows the summary.
    """

    kind: Literal["intro", "recap"]
    start_ms: int
    end_ms: int


class Titles(NamedTuple):
    """The texts of a video besides its narration."""

    title: str
    objectives: tuple[str, ...] = ()
    summary: str = ""

    @classmethod
    def of(cls, job: Job) -> Titles:
        """Return those of a job."""
        return cls(job.title, job.objectives, job.summary)


def intro_card(titles: Titles) -> Card | None:
    """Return the card at the beginning of a video; None without objectives."""
    if not titles.objectives:
        return None
    return Card(kind="intro", start_ms=0, end_ms=readable_ms(titles.title, *titles.objectives))


def recap_card(titles: Titles, start_ms: int) -> Card | None:
    """Return the card at the end of a video, from `start_ms` on; None without a summary."""
    if not titles.summary:
        return None
    return Card(kind="recap", start_ms=start_ms, end_ms=start_ms + readable_ms(titles.summary))


def readable_ms(*texts: str) -> int:
    """Return how long a card with `texts` is shown (ms), rounded up to the grid."""
    text = "".join(texts)
    columns = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
    wanted_ms = SETTLE_IN_MS + columns * READ_MS_PER_COLUMN
    return on_grid(min(max(wanted_ms, SHORTEST_MS), LONGEST_MS))


def on_grid(ms: int) -> int:
    """Return a time (ms) rounded up to the grid."""
    return -(-ms // GRID_MS) * GRID_MS
