"""White space in the texts of users."""

from __future__ import annotations

import re

#: White space that may be folded. No-break spaces (U+00A0, U+202F) are part of a text.
PLAIN = re.compile(r"[ \t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]+")


def fold(text: str) -> str:
    """Return `text` with one space for each run of white space, and none at its ends."""
    return PLAIN.sub(" ", text).strip(" ")
