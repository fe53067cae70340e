"""How often Python looks for objects that only refer to each other.

Importing makes hundreds of thousands of objects that stay. With Python's own threshold, 700 new
objects, a tenth to a fifth of the time of a program that mostly imports goes into looking at them.
"""

from __future__ import annotations

import gc

NEW_OBJECTS = 10_000


def collect_rarely() -> None:
    """Let the collector run after NEW_OBJECTS, in this process and in those forked from it."""
    _, young, middle = gc.get_threshold()
    gc.set_threshold(NEW_OBJECTS, young, middle)
