"""Suggestions for a misspelt word."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def similar(word: str, known: Iterable[str]) -> str | None:
    """Return the most similar known word; None: none is similar."""
    return next(iter(difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.5)), None)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `did you mean …?` with the most similar known word, or a list of all known words."""
    words = sorted(known)
    close = similar(word, words)
    return f"did you mean {close!r}?" if close else f"known: {', '.join(words)}"
