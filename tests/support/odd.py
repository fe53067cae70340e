"""Strategies for hypothesis: texts, JSON values and damaged JSON."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

#: Every code point, with controls, lone surrogates and unassigned ones.
TEXTS = st.text(st.characters(exclude_categories=[]))

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.just(10**400) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
DEEP = "[" * 100_000


@st.composite
def changed(draw: st.DrawFn, value: Any) -> str:
    """Return `value` as JSON with one part replaced, and sometimes cut off."""
    text = json.dumps(_changed(draw, value))
    return text[: draw(st.integers(0, len(text)))] if draw(st.integers(0, 9)) == 0 else text


def _changed(draw: st.DrawFn, value: Any) -> Any:
    inner = value if isinstance(value, dict | list) else None
    if not inner or draw(st.integers(0, 3)) == 0:
        return draw(VALUES)
    keys = list(inner) if isinstance(inner, dict) else range(len(inner))
    key = draw(st.sampled_from(keys))
    copy = inner.copy()
    copy[key] = _changed(draw, inner[key])
    return copy
