"""How fast voices speak, in words per minute."""

from __future__ import annotations

NATURAL = 175  # `voice.rate` at which neural voices and services speak at their own speed
FASTEST = 900  # no voice speaks faster: shorter speech is truncated


def is_truncated(text: str, duration_s: float) -> bool:
    """Return True if no voice can speak `text` in so short a time."""
    words = sum(any(map(str.isalnum, word)) for word in text.split())
    return duration_s < words * 60 / FASTEST
