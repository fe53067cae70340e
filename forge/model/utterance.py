"""What the voice is given for a line: text to speak, and pauses in it."""

from __future__ import annotations

from typing import NamedTuple


class Utterance(NamedTuple):
    """A text to speak in `language`, by whose rules its words are cut.

    `pauses`: places of the text (code points) where the voice is silent, and for how long, in
    seconds.
    """

    text: str
    language: str = "en"
    pauses: tuple[tuple[int, float], ...] = ()
