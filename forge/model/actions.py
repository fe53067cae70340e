"""The actions of a step, and how they meet the words that they are marked at.

A mark `{here}` says at which word an action begins. Hand and voice wait for each other: the picture
stands still until the hand has to set out so that it acts at the word; and where the hand needs
longer than the words before it, the voice pauses before the word.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from forge.model.card_timing import GRID_MS, on_grid
from forge.model.easing import PRESS_MS
from forge.model.marks import action_marks
from forge.model.records import Mark
from forge.model.speech import SpokenLine, Word
from forge.model.take import Interaction, StepTake

PAUSE_MS = 30  # between two words
#: Until the ripple of a click has spread, the hand sets out for no action with a mark. So only the
#: length of a still picture differs between two languages, and they share its encoded pictures.
CALM_MS = 450
CLICKS = ("click", "double", "context")


class Action(NamedTuple):
    """One action, in ms from the beginning of the step's first one.

    The hand sets out at `from_ms`, and `at_ms` is the first effect: the end of a click, a key, a
    page that is opened.
    """

    from_ms: int
    at_ms: int


class Hold(NamedTuple):
    """A moment `at_ms` of a recording or of a line's sound that lasts `length_ms` in the video."""

    at_ms: int
    length_ms: int


class Holds(tuple[Hold, ...]):
    """Holds in the order of their moments."""

    def at(self, ms: int) -> int:
        """Return when moment `ms` shows, or is heard. At a moment that is held: after the hold."""
        return ms + sum(hold.length_ms for hold in self if hold.at_ms <= ms)

    @property
    def total_ms(self) -> int:
        """The length of all of them."""
        return sum(hold.length_ms for hold in self)


class Meeting(NamedTuple):
    """How one step's actions meet its words: holds of the picture, and pauses of the voice.

    Both count from the moment when action and voice begin in a step without marks. `unmet`: the
    number of marks for which there is no action.
    """

    picture: Holds = Holds()
    voice: Holds = Holds()
    unmet: int = 0


def actions_of(step: StepTake) -> list[Action]:
    """Return the actions of a recorded step, in order.

    A drag is one action from its press to its release, and so is a text that replaces another. A
    step in which the hand does nothing has one action, which begins with the step's function.
    """
    found = list(_actions(step.interactions))
    start_ms = step.action_start_ms
    return [Action(a.from_ms - start_ms, a.at_ms - start_ms) for a in found] or [Action(0, 0)]


def _actions(interactions: Sequence[Interaction]) -> Iterator[Action]:
    before: Interaction | None = None
    set_out_ms: int | None = None  # where the hand first had to scroll to its target
    for hand in interactions:
        if hand.kind == "reveal":
            set_out_ms = hand.at_ms if set_out_ms is None else set_out_ms
            continue
        if not (before and _continues(before, hand)):
            arrives_ms = hand.at_ms if hand.from_ms is None else hand.from_ms
            # A page answers to a click when the button goes up.
            acts_ms = hand.at_ms + (PRESS_MS if hand.kind in CLICKS else 0)
            yield Action(arrives_ms if set_out_ms is None else set_out_ms, acts_ms)
        before, set_out_ms = hand, None


def _continues(before: Interaction, hand: Interaction) -> bool:
    """Return True if `hand` is a part of the action that `before` belongs to."""
    if hand.kind in ("drag", "release"):
        return True
    return (before.kind, hand.kind) == ("clear", "type") and before.box == hand.box


def meet(line: SpokenLine, actions: Sequence[Action]) -> Meeting:
    """Return how `actions` meet the marks of `line`, the first action the first mark.

    Actions without a mark follow the one before them as they were recorded. They meet on the grid
    of 100 ms. So the hand moves through the same positions in every language and recording, and
    pictures of it are encoded once.
    """
    marks = action_marks(line.marks)
    pairs = list(zip((spoken_at_ms(mark, line) for mark in marks), actions, strict=False))
    picture, voice = _first(*pairs[0], line.audio_ms) if pairs else ([], [])
    for before, (word_ms, action) in zip(actions, pairs[1:], strict=False):
        said_ms = Holds(voice).at(word_ms)
        recorded_ms = action.at_ms + Holds(picture).total_ms
        acts_ms = recorded_ms + max(0, before.at_ms + CALM_MS - action.from_ms)
        meets_ms, waits_ms = _later(said_ms, acts_ms, pauses=_pauses_before(word_ms, line))
        picture.append(Hold(action.from_ms, meets_ms - recorded_ms))
        if waits_ms and word_ms < line.audio_ms:  # after the last word nothing could wait
            voice.append(Hold(word_ms, waits_ms))
    return Meeting(Holds(picture), Holds(voice), max(0, len(marks) - len(actions)))


def _later(said_ms: int, acts_ms: int, *, pauses: bool) -> tuple[int, int]:
    """Return when a later action meets its word, and how long the voice waits before the word.

    Where the voice does not pause anyway, it does not wait for the grid: it is half a grid away at
    most, which is not noticed.
    """
    if acts_ms > said_ms:
        meets_ms = on_grid(acts_ms + GRID_MS // 2)
    elif pauses:
        meets_ms = on_grid(said_ms)
    else:
        nearest_ms = on_grid(said_ms - GRID_MS // 2)
        meets_ms = max(nearest_ms, on_grid(acts_ms))
        if meets_ms - said_ms <= GRID_MS // 2:
            return meets_ms, 0
    return meets_ms, max(0, meets_ms - said_ms)


def _pauses_before(word_ms: int, line: SpokenLine) -> bool:
    """Return True if the voice pauses before a word, so that a longer pause is not noticed."""
    before = [word.until_ms for word in line.words if word.from_ms < word_ms]
    return bool(before) and word_ms - before[-1] >= PAUSE_MS


def _first(word_ms: int, action: Action, audio_ms: int) -> tuple[list[Hold], list[Hold]]:
    """Return how the first action meets its word: by a hold, and a pause before the sentence."""
    meets_ms = on_grid(max(word_ms, action.at_ms + GRID_MS // 2))
    waits_ms = meets_ms - word_ms if word_ms < audio_ms else 0
    picture = [Hold(action.from_ms, meets_ms - action.at_ms)]
    return picture, [Hold(0, waits_ms)] if waits_ms else []


def spoken_at_ms(mark: Mark, line: SpokenLine) -> int:
    """Return when the word after `mark` begins in the line's sound; its end after the last word.

    Without the times of words it is estimated from the share of the text before the mark.
    """
    if line.words:
        after = bisect.bisect_right(line.words, mark.at, key=_end)
        return line.words[after].from_ms if after < len(line.words) else line.audio_ms
    return line.audio_ms * mark.at // max(1, len(line.text))


def _end(word: Word) -> int:
    return word.end
