"""When badges of keys show: pure functions of the manifest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from forge.model.timeline import Manifest
from forge.model.widgets import KeyPress
from forge.workers.composing.storyboard.frame_state import PANEL_STEPS, Badge

SHOW_MS = 1500  # a badge stays this long after the last press of its key
FADE_MS = 150
MOST = 3  # badges at once; the oldest gives way


class Group(NamedTuple):
    """Presses of one key without another between them, each within SHOW_MS of the one before."""

    label: str
    times_ms: list[int]


class KeyBadges:
    """The badges of one video."""

    def __init__(self, manifest: Manifest) -> None:
        hands = (hand for step in manifest.steps for hand in step.interactions)
        self._groups = list(_groups(key for hand in hands for key in hand.keys))

    def badges(self, at_ms: float) -> tuple[Badge, ...]:
        """Return the badges that show at a moment of the video, the newest last."""
        found = (_badge(group, at_ms) for group in self._groups)
        return tuple(badge for badge in found if badge)[-MOST:]


def _groups(keys: Iterator[KeyPress]) -> Iterator[Group]:
    group: Group | None = None
    for key in keys:
        if group and group.label == key.label and key.at_ms - group.times_ms[-1] < SHOW_MS:
            group.times_ms.append(key.at_ms)
            continue
        if group:
            yield group
        group = Group(key.label, [key.at_ms])
    if group:
        yield group


def _badge(group: Group, at_ms: float) -> Badge | None:
    left_ms = group.times_ms[-1] + SHOW_MS - at_ms
    count = sum(pressed_ms <= at_ms for pressed_ms in group.times_ms)
    if not count or left_ms <= 0:
        return None
    shown = max(1, round(PANEL_STEPS * min(1.0, left_ms / FADE_MS)))
    return Badge(group.label, count, shown)
