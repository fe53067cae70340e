"""Lay a take out against measured narration: the manifest is a pure function of both.

Every step begins on a grid of 100 ms. Two recordings of a step differ by a few milliseconds, and
rounding its hold up to the grid hides the difference: serial and parallel renders of a tutorial get
the same time line. Rounding costs nothing, because a hold is a still picture.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from forge.errors import ComposeError
from forge.model.actions import Holds, Meeting, actions_of, meet
from forge.model.card_timing import GRID_MS, Card, Titles, intro_card, on_grid, recap_card
from forge.model.marks import action_marks
from forge.model.records import Record
from forge.model.speech import Speech, SpokenLine, Word
from forge.model.speedup import AS_LIVED, Pace, Span, pace_of
from forge.model.take import Frame, Interaction, StepTake, Take
from forge.model.widgets import DialogEvent, retimed

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
    dialogs: tuple[DialogEvent, ...] = ()
    pieces: tuple[Piece, ...] = ()
    words: tuple[Word, ...] = ()

    @property
    def audio_end_ms(self) -> int:
        """When the last of its sound ends."""
        return _end_ms(self.pieces[-1]) if self.pieces else self.audio_start_ms + self.audio_ms


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


class Course(NamedTuple):
    """How one step of a take and its line pass in the video.

    Moments count from the end of the lead-in, when voice and action begin in a step without marks.
    """

    meeting: Meeting
    pace: Pace = AS_LIVED

    def shown(self, ms: int) -> int:
        """Return when the video shows the moment `ms` of the recorded action."""
        return self.pace.at(self.meeting.picture.at(ms))

    def heard(self, ms: int) -> int:
        """Return when the moment `ms` of the line's sound is heard."""
        return self.pace.at(self.meeting.voice.at(ms))

    def length_ms(self, step: StepTake, line: SpokenLine) -> int:
        """Return the length of the step (ms): lead-in, the longer of voice and action, settle."""
        action_ms = self.shown(step.action_end_ms - step.action_start_ms)
        return step_length_ms(action_ms, self.heard(line.audio_ms), step.settle_ms)

    def whole_ms(self, step: StepTake, line: SpokenLine, frames: Sequence[Frame]) -> int:
        """Return the length of the step (ms), with all that moves in its hold.

        A page that still moves when the step could end is shown for as long as it was recorded.
        If the rest were cut away, the page would jump in time when the next step begins.
        """
        least_ms = self.length_ms(step, line)
        newest = bisect.bisect_left(frames, step.end_ms, key=lambda f: f.at_ms) - 1
        if newest < 0 or self.in_step(step, frames[newest].at_ms) < least_ms:
            return least_ms
        return on_grid(self.in_step(step, step.end_ms))

    def on_grid_ms(self, step: StepTake, ms: int) -> int:
        """Return the last moment of the take until `ms` that lies on the grid of the video."""
        return ms - self.in_step(step, ms) % GRID_MS

    def wanted_end_ms(self, step: StepTake, line: SpokenLine) -> int:
        """Return until when a step must be recorded if it may not stand still after its action."""
        shown_ms = self.in_step(step, step.action_end_ms)
        return step.action_end_ms + self.length_ms(step, line) - shown_ms

    def in_step(self, step: StepTake, ms: int) -> int:
        """Return when the step shows the moment `ms` of the take."""
        return LEAD_IN_MS + self.shown(ms - step.action_start_ms)


def course_of(step: StepTake, line: SpokenLine, *, speed_up: bool = False) -> Course:
    """Return the course of a step; with `speed_up`, idle waits in it pass faster.

    They never do so during speech, or during an action of the hand.
    """
    course = Course(meet(line, actions_of(step)))
    if not speed_up:
        return course
    began_ms = step.action_start_ms
    hands = [
        (course.shown(start - began_ms), course.shown(end - began_ms))
        for start, end in map(_span, step.interactions)
    ]
    speech = [(piece.at_ms, _end_ms(piece)) for piece in _pieces(line, course)]
    busy = [*speech, *hands, *_still(course.meeting.picture)]
    return course._replace(pace=pace_of(course.shown(step.action_end_ms - began_ms), busy))


def step_length_ms(action_ms: int, audio_ms: int, settle_ms: int) -> int:
    """Return the length of a step (ms): lead-in, the longer of narration and action, settle.

    An action gets half a grid more. Its length varies by a few milliseconds from run to run; one of
    a round length (a timer, a transition) would otherwise end on either side of a grid line.
    """
    return on_grid(LEAD_IN_MS + max(audio_ms, action_ms + GRID_MS // 2) + settle_ms)


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
        course = course_of(step, line, speed_up=speed_up)
        end_ms = start_ms + course.whole_ms(step, line, take.frames)
        placed = _place(step, line, (start_ms, end_ms), course)
        steps.append(placed)
        pictures += _pictures(step, placed, take.frames, course)
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
        not (step.moving or take.clock == "real") or _lasts(step, line)
        for step, line in zip(take.steps, speech.lines, strict=True)
    )


def _lasts(step: StepTake, line: SpokenLine) -> bool:
    """Return True if a step was recorded for as long as `line` needs."""
    course = course_of(step, line)
    recorded_ms = course.shown(step.end_ms - step.action_start_ms)
    return recorded_ms + GRID_MS >= course.length_ms(step, line) - LEAD_IN_MS


def advice(take: Take, speech: Speech) -> list[str]:
    """Return advice for the author about marks that have no action."""
    notes = []
    for step, line in zip(take.steps, speech.lines, strict=True):
        if unmet := meet(line, actions_of(step)).unmet:
            marks = len(action_marks(line.marks))
            notes.append(
                f"step {step.id!r}: {marks} marks {{here}}, but actions of the hand:"
                f" {marks - unmet}; take out {unmet} (a script beside actions of the hand has none)"
            )
    return notes


def _span(done: Interaction) -> tuple[int, int]:
    """Return from when to when the hand acted. What follows a click is the page's time."""
    clicked = done.kind in ("click", "double", "context")
    end_ms = done.at_ms if clicked or done.until_ms is None else done.until_ms
    return done.at_ms if done.from_ms is None else done.from_ms, end_ms


def _still(holds: Holds) -> Iterator[Span]:
    """Yield from when to when the picture stands still, in the video."""
    for hold in holds:
        end_ms = holds.at(hold.at_ms)
        yield end_ms - hold.length_ms, end_ms


def _pieces(line: SpokenLine, course: Course) -> list[Piece]:
    """Return the parts of a line's sound between the pauses of the voice; times as in `Course`."""
    cuts = [0, *(hold.at_ms for hold in course.meeting.voice if hold.at_ms), line.audio_ms]
    return [
        Piece(from_ms=start, until_ms=end, at_ms=course.heard(start))
        for start, end in pairwise(cuts)
        if start < end
    ]


def _end_ms(piece: Piece) -> int:
    return piece.at_ms + piece.until_ms - piece.from_ms


def _place(step: StepTake, line: SpokenLine, span: Span, course: Course) -> ManifestStep:
    start_ms, end_ms = span
    began_ms = start_ms + LEAD_IN_MS

    def shown(ms: int) -> int:
        return start_ms + course.in_step(step, ms)

    def heard(ms: int) -> int:
        return began_ms + course.heard(ms)

    return ManifestStep(
        id=step.id,
        narration=line.text,
        audio_file=line.audio_file,
        audio_ms=line.audio_ms,
        start_ms=start_ms,
        audio_start_ms=heard(0),
        action_start_ms=began_ms,  # not `shown`: that may be after the wait of the first action
        action_end_ms=shown(step.action_end_ms),
        end_ms=end_ms,
        interactions=tuple(done.timed(shown) for done in step.interactions),
        dialogs=tuple(retimed(event, shown) for event in step.dialogs),
        pieces=tuple(
            piece.model_copy(update={"at_ms": began_ms + piece.at_ms})
            for piece in _pieces(line, course)
        ),
        words=tuple(_heard(word, heard) for word in line.words),
    )


def _heard(word: Word, when: Callable[[int], int]) -> Word:
    """Return a word with the times of the video; `when` converts moments of its sound."""
    from_ms = when(word.from_ms)
    # A pause of the voice at the end of the word is not part of it.
    until_ms = max(from_ms, when(word.until_ms - 1) + 1)
    return word.model_copy(update={"from_ms": from_ms, "until_ms": until_ms})


def _pictures(
    step: StepTake, placed: ManifestStep, frames: tuple[Frame, ...], course: Course
) -> Iterator[Picture]:
    """Yield the picture that shows when a step begins, then the step's own frames."""
    first = bisect.bisect_right(frames, step.start_ms, key=lambda f: f.at_ms)
    yield Picture(at_ms=placed.start_ms, frame=max(0, first - 1))
    for number in range(first, len(frames)):
        frame = frames[number]
        if frame.at_ms >= step.end_ms:
            return
        shown_ms = placed.start_ms + course.in_step(step, frame.at_ms)
        yield Picture(at_ms=max(placed.start_ms, shown_ms), frame=number)


def _without_repeats(pictures: list[Picture]) -> Iterator[Picture]:
    """Keep the last picture of each moment, and drop those whose frame already shows."""
    showing: int | None = None
    for picture, following in zip(pictures, [*pictures[1:], None], strict=True):
        if following is not None and following.at_ms == picture.at_ms:
            continue
        if picture.frame != showing:
            yield picture
            showing = picture.frame
