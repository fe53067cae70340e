"""Lay a take out against measured narration: the manifest is a pure function of both.

Every step begins on a grid of 100 ms. Two recordings of a step differ by a few milliseconds, and
rounding its hold up to the grid hides the difference: serial and parallel renders of a tutorial get
the same time line. Rounding costs nothing, because a hold is a still picture.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator

from forge.errors import ComposeError
from forge.model.card_timing import GRID_MS, Card, Titles, intro_card, recap_card
from forge.model.records import Record
from forge.model.speech import Speech, SpokenLine, Word
from forge.model.speedup import AS_LIVED, Pace, pace_of
from forge.model.take import Frame, Interaction, StepTake, Take

LEAD_IN_MS = 300  # from the beginning of a step to its narration and action
SETTLE_MS = 400  # from the end of both to the end of the step
TAIL_MS = 1000  # from the end of the last step to the end of the video


class Piece(Record):
    """A part of a line's sound, from `from_ms` to `until_ms` of its file; heard from `at_ms` on."""

    from_ms: int
    until_ms: int
    at_ms: int


class ManifestStep(Record):
    """One step on the finished time line, in milliseconds from the beginning of the video.

    `pieces`: where the parts of its sound are heard, in order. There are several where the voice
    waits for the hand. `words`: when each word of the narration is heard.
    """

    id: str
    narration: str
    audio_file: str | None
    audio_ms: int
    start_ms: int
    audio_start_ms: int
    action_start_ms: int
    action_end_ms: int
    end_ms: int
    interactions: tuple[Interaction, ...]
    pieces: tuple[Piece, ...] = ()
    words: tuple[Word, ...] = ()

    @property
    def audio_end_ms(self) -> int:
        """When the last of its sound ends."""
        last = self.pieces[-1:]
        return last[0].at_ms + last[0].until_ms - last[0].from_ms if last else self.audio_start_ms


class Picture(Record):
    """The frame of the take, by its number, that shows from `at_ms` on."""

    at_ms: int
    frame: int


class Manifest(Record):
    """The finished time line of one video."""

    tutorial: str
    lang: str | None
    title: str
    objectives: tuple[str, ...] = ()
    summary: str = ""
    total_ms: int
    steps: tuple[ManifestStep, ...]
    pictures: tuple[Picture, ...]
    cards: tuple[Card, ...] = ()


def step_length_ms(action_ms: int, audio_ms: int, settle_ms: int) -> int:
    """Return the length of a step (ms): lead-in, the longer of narration and action, settle.

    An action gets half a grid more. Its length varies by a few milliseconds from run to run; one of
    a round length (a timer, a transition) would otherwise end on either side of a grid line.
    """
    busy = LEAD_IN_MS + max(audio_ms, action_ms + GRID_MS // 2) + settle_ms
    return -(-busy // GRID_MS) * GRID_MS


def lay_out(
    take: Take, speech: Speech, titles: Titles, *, cards: bool = False, speed_up: bool = False
) -> Manifest:
    """Place every step, line and picture of one video.

    With `cards`, the video begins with a card of the objectives and ends with one of the summary,
    as far as there are any. With `speed_up`, idle waits pass faster (`forge.model.speedup`).

    Raises:
        ComposeError: the take is incomplete, or take and narration have different steps.
    """
    if not take.complete or not take.frames:
        raise ComposeError("the take is not complete", hint="record it again: --phase record")
    if [s.id for s in take.steps] != [line.step for line in speech.lines]:
        raise ComposeError(
            "take and narration are not of the same steps", hint="run all phases again"
        )
    steps: list[ManifestStep] = []
    pictures: list[Picture] = []
    intro = intro_card(titles) if cards else None
    start_ms = intro.end_ms if intro else 0
    for step, line in zip(take.steps, speech.lines, strict=True):
        pace = _pace(step, line) if speed_up else AS_LIVED
        placed = _place(step, line, start_ms, pace)
        steps.append(placed)
        pictures += _pictures(step, placed, take.frames, pace)
        start_ms = placed.end_ms
    recap = recap_card(titles, start_ms) if cards else None
    return Manifest(
        tutorial=take.tutorial,
        lang=take.lang,
        title=titles.title,
        objectives=titles.objectives,
        summary=titles.summary,
        total_ms=recap.end_ms if recap else start_ms + TAIL_MS,
        steps=tuple(steps),
        pictures=tuple(_without_repeats(pictures)),
        cards=tuple(card for card in (intro, recap) if card),
    )


def serves(take: Take, speech: Speech) -> bool:
    """Return True if `take` can be laid out against narration it was not recorded for.

    The hold of a page at rest is a still picture, which can be shown for any time. A hold that was
    recorded in full length must be as long as the narration needs.
    """
    if not take.complete or [s.id for s in take.steps] != [line.step for line in speech.lines]:
        return False
    return all(
        not (step.moving or take.clock == "real")
        or step.end_ms - step.action_start_ms + GRID_MS >= _busy_ms(step, line) - LEAD_IN_MS
        for step, line in zip(take.steps, speech.lines, strict=True)
    )


def _busy_ms(step: StepTake, line: SpokenLine) -> int:
    action_ms = step.action_end_ms - step.action_start_ms
    return step_length_ms(action_ms, line.audio_ms, step.settle_ms)


def _pace(step: StepTake, line: SpokenLine) -> Pace:
    """Return how a step's time passes: never faster during speech or an action of the hand."""
    began_ms = step.action_start_ms
    hands = [(start - began_ms, end - began_ms) for start, end in map(_span, step.interactions)]
    return pace_of(step.action_end_ms - began_ms, [(0, line.audio_ms), *hands])


def _span(done: Interaction) -> tuple[int, int]:
    """Return from when to when the hand acted. What follows a click is the page's time."""
    clicked = done.kind in ("click", "double", "context")
    end_ms = done.at_ms if clicked or done.until_ms is None else done.until_ms
    return done.at_ms if done.from_ms is None else done.from_ms, end_ms


def _shown(step: StepTake, start_ms: int, pace: Pace) -> Callable[[int], int]:
    """Return a function from moments of `step` in the take to moments in the video."""
    return lambda ms: start_ms + LEAD_IN_MS + pace.at(ms - step.action_start_ms)


def _place(step: StepTake, line: SpokenLine, start_ms: int, pace: Pace) -> ManifestStep:
    shown = _shown(step, start_ms, pace)
    action_start_ms, action_end_ms = shown(step.action_start_ms), shown(step.action_end_ms)
    action_ms = action_end_ms - action_start_ms
    return ManifestStep(
        id=step.id,
        narration=line.text,
        audio_file=line.audio_file,
        audio_ms=line.audio_ms,
        start_ms=start_ms,
        audio_start_ms=action_start_ms,
        action_start_ms=action_start_ms,
        action_end_ms=action_end_ms,
        end_ms=start_ms + step_length_ms(action_ms, line.audio_ms, step.settle_ms),
        interactions=tuple(done.timed(shown) for done in step.interactions),
    )


def _pictures(
    step: StepTake, placed: ManifestStep, frames: tuple[Frame, ...], pace: Pace
) -> Iterator[Picture]:
    """Yield the picture that shows when a step begins, then the step's own frames.

    Frames that come after the step's end on this time line are left out; the next step begins with
    the last of them.
    """
    shown = _shown(step, placed.start_ms, pace)
    first = bisect.bisect_right(frames, step.start_ms, key=lambda f: f.at_ms)
    yield Picture(at_ms=placed.start_ms, frame=max(0, first - 1))
    for number in range(first, len(frames)):
        frame = frames[number]
        if frame.at_ms >= step.end_ms:
            return
        at_ms = max(placed.start_ms, shown(frame.at_ms))
        if at_ms >= placed.end_ms:
            return
        yield Picture(at_ms=at_ms, frame=number)


def _without_repeats(pictures: list[Picture]) -> Iterator[Picture]:
    """Keep the last picture of each moment, and drop those whose frame already shows."""
    showing: int | None = None
    for picture, following in zip(pictures, [*pictures[1:], None], strict=True):
        if following is not None and following.at_ms == picture.at_ms:
            continue
        if picture.frame != showing:
            yield picture
            showing = picture.frame
