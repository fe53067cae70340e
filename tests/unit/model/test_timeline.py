"""The manifest: a pure function of take and narration."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from forge.errors import ComposeError
from forge.model.card_timing import GRID_MS, Titles
from forge.model.easing import PRESS_MS
from forge.model.marks import read_marks
from forge.model.records import Mark
from forge.model.speech import Speech, SpokenLine, Word
from forge.model.take import Interaction, Take
from forge.model.timeline import (
    LEAD_IN_MS,
    SETTLE_MS,
    TAIL_MS,
    Manifest,
    ManifestStep,
    advice,
    course_of,
    lay_out,
    serves,
    step_length_ms,
)
from tests.support.takes import speech, step, take

TITLES = Titles("T")
QUIET = take(
    [step("a", 0, (50, 450), 900, clicks=[200]), step("b", 900, (950, 1150), 1600)],
    [0, 210, 430, 1000],
)


def pictures(manifest: Manifest) -> list[tuple[int, int]]:
    return [(picture.at_ms, picture.frame) for picture in manifest.pictures]


def test_step_has_lead_in_content_and_settle() -> None:
    assert (LEAD_IN_MS, SETTLE_MS, TAIL_MS, GRID_MS) == (300, 400, 1000, 100)
    assert step_length_ms(action_ms=500, audio_ms=2000, settle_ms=400) == 2700
    assert step_length_ms(action_ms=1950, audio_ms=500, settle_ms=400) == 2700
    assert step_length_ms(action_ms=0, audio_ms=0, settle_ms=50) == 400


@pytest.mark.parametrize("action_ms", [1200, 4000, 2300])
def test_jitter_of_a_round_action_is_hidden(action_ms: int) -> None:
    lengths = {
        step_length_ms(action_ms=action_ms + late, audio_ms=0, settle_ms=400)
        for late in (-40, -1, 0, 1, 7, 50)
    }
    assert lengths == {action_ms + 800}


@pytest.mark.parametrize(("audio_ms", "length"), [(2000, 2700), (2001, 2800), (2100, 2800)])
def test_step_is_rounded_up_to_the_grid(audio_ms: int, length: int) -> None:
    assert step_length_ms(action_ms=0, audio_ms=audio_ms, settle_ms=400) == length


def test_every_moment_of_two_steps() -> None:
    manifest = lay_out(QUIET, speech(a=2050, b=100), Titles("Tour"))
    a, b = manifest.steps
    assert (a.start_ms, a.audio_start_ms, a.action_start_ms, a.action_end_ms, a.end_ms) == (
        0,
        300,
        300,
        700,
        2800,
    )
    assert (b.start_ms, b.audio_start_ms, b.action_start_ms, b.action_end_ms, b.end_ms) == (
        2800,
        3100,
        3100,
        3300,
        3800,
    )
    assert manifest.total_ms == 4800
    assert (a.narration, a.audio_file, a.audio_ms) == ("Say a", "/a.wav", 2050)
    assert [i.at_ms for i in a.interactions] == [450]
    assert pictures(manifest) == [(0, 0), (460, 1), (680, 2), (3150, 3)]


def test_own_settle_replaces_the_usual_pause() -> None:
    one = take([step("a", 0, (0, 0), 500, settle_ms=1500)], [0])
    assert lay_out(one, speech(a=1000), TITLES).total_ms == 300 + 1000 + 1500 + 1000


def test_silent_step_lasts_as_its_action() -> None:
    one = take([step("a", 0, (100, 900), 1400)], [0])
    assert lay_out(one, speech(a=0), TITLES).steps[0].end_ms == 1600


def jittered(by: random.Random) -> Take:
    """Return the take of the same tutorial, with random delays."""
    at_ms, steps, frames = 0, [], []
    for name in ("a", "b", "c"):
        lead, action, rest = by.randint(0, 400), by.randint(50, 1900), by.randint(300, 2000)
        action_ms = (at_ms + lead, at_ms + lead + action)
        frames += [at_ms + lead, at_ms + lead + action // 2]
        steps.append(step(name, at_ms, action_ms, action_ms[1] + rest))
        at_ms = action_ms[1] + rest
    return take(steps, frames)


def test_jitter_during_speech_is_hidden() -> None:
    by = random.Random(7)
    lines = speech(a=1950, b=2345, c=3000)
    seen = {
        tuple((s.start_ms, s.audio_start_ms, s.end_ms) for s in lay_out(t, lines, TITLES).steps)
        for t in (jittered(by) for _ in range(100))
    }
    assert seen == {((0, 300, 2700), (2700, 3000, 5800), (5800, 6100, 9500))}


def test_any_take_gives_a_valid_time_line() -> None:
    by = random.Random(11)
    for _ in range(300):
        recorded = jittered(by)
        lines = speech(**{name: by.choice([0, by.randint(1, 6000)]) for name in "abc"})
        manifest = lay_out(recorded, lines, TITLES)
        assert all(s.start_ms % GRID_MS == 0 for s in manifest.steps)
        assert all(one.end_ms == two.start_ms for one, two in pairwise(manifest.steps))
        assert manifest.total_ms == manifest.steps[-1].end_ms + TAIL_MS
        for laid in manifest.steps:
            assert laid.end_ms >= laid.audio_start_ms + laid.audio_ms + SETTLE_MS
            assert laid.end_ms >= laid.action_end_ms + SETTLE_MS
        shown = pictures(manifest)
        assert shown[0][0] == 0
        assert all(one[0] < two[0] and one[1] < two[1] for one, two in pairwise(shown))
        assert all(at_ms < manifest.steps[-1].end_ms for at_ms, _ in shown)


def test_frame_keeps_its_distance_to_the_action() -> None:
    manifest = lay_out(QUIET, speech(a=5000, b=5000), TITLES)
    (a, b), shown = manifest.steps, {f: t for t, f in pictures(manifest)}
    assert shown[1] - a.action_start_ms == 210 - 50
    assert shown[3] - b.action_start_ms == 1000 - 950


def test_all_of_a_moving_hold_is_shown() -> None:
    # A page moves for 8 s with a line of 1 s. If a part were cut away, it would jump.
    frames = list(range(0, 8000, 500))
    moving = take([step("a", 0, (0, 100), 8000), step("b", 8000, (8300, 8350), 8600)], frames)
    manifest = lay_out(moving, speech(a=1000, b=1000), TITLES)
    assert pictures(manifest) == [(0, 0), *((n * 500 + 300, n) for n in range(1, 16))]
    assert manifest.steps[1].start_ms == 8300


def test_a_longer_still_hold_is_cut() -> None:
    # The real clock has recorded 8 s for another sentence, but nothing moved after 0.5 s.
    still = take([step("a", 0, (0, 100), 8000), step("b", 8000, (8050, 8100), 8600)], [0, 500])
    manifest = lay_out(still, speech(a=1000, b=1000), TITLES)
    assert pictures(manifest) == [(0, 0), (800, 1)]
    assert manifest.steps[1].start_ms == 1700


def test_shorter_recorded_hold_ends_in_a_still() -> None:
    manifest = lay_out(QUIET, speech(a=20_000, b=100), TITLES)
    assert [p for p in pictures(manifest) if 700 < p[0] <= manifest.steps[0].end_ms] == []


def test_frames_before_the_action_show_before_it() -> None:
    slow_start = take([step("a", 0, (1000, 1100), 1500)], [0, 500, 900])
    assert pictures(lay_out(slow_start, speech(a=1000), TITLES)) == [(0, 1), (200, 2)]


def test_last_frame_of_a_moment_shows() -> None:
    flicker = take([step("a", 0, (0, 100), 600)], [0, 50, 50])
    assert pictures(lay_out(flicker, speech(a=1000), TITLES)) == [(0, 0), (350, 2)]


def test_late_first_frame_shows_from_the_beginning() -> None:
    late = take([step("a", 0, (0, 100), 600)], [80])
    assert pictures(lay_out(late, speech(a=1000), TITLES)) == [(0, 0)]


def test_an_unfinished_take_is_refused() -> None:
    steps = [step("a", 0, (0, 100), 600)]
    for unfinished in (take(steps, [0], complete=False), take(steps, [])):
        with pytest.raises(ComposeError, match="not complete"):
            lay_out(unfinished, speech(a=1), TITLES)


def test_a_take_of_other_steps_is_refused() -> None:
    with pytest.raises(ComposeError, match="not of the same steps"):
        lay_out(QUIET, speech(a=1, c=1), TITLES)


def test_take_with_recorded_hold_serves_shorter_narration() -> None:
    long = speech(a=60_000, b=60_000)
    assert serves(QUIET, speech(a=100, b=100))
    assert serves(QUIET, long)
    # Step a was recorded from 50 to 900 ms: enough for 450 ms of narration and 400 of settling.
    moving = QUIET.model_copy(
        update={"steps": (QUIET.steps[0].model_copy(update={"moving": True}), QUIET.steps[1])}
    )
    assert serves(moving, speech(a=450, b=60_000))
    assert not serves(moving, speech(a=900, b=100))
    assert not serves(QUIET.model_copy(update={"clock": "real"}), long)
    assert not serves(QUIET.model_copy(update={"complete": False}), long)
    assert not serves(QUIET, speech(b=100, a=100))


def marked(by: random.Random) -> tuple[Take, Speech]:
    """Return a step with random actions, and a line with random words and marks."""
    count, at_ms, hands = by.randint(0, 4), 50, []
    for _ in range(count):
        from_ms = at_ms + by.randint(0, 1500)
        at_ms = from_ms + by.choice([0, by.randint(500, 1400)])
        hands.append(Interaction(kind="click", at_ms=at_ms, from_ms=from_ms, there_ms=from_ms))
    end_ms = at_ms + PRESS_MS + by.randint(0, 900)
    one = step("a", 0, (50, end_ms), end_ms).model_copy(update={"interactions": tuple(hands)})
    words, from_ms = [], 0
    for number in range(by.randint(1, 12)):
        until_ms = from_ms + by.randint(80, 700)
        words.append(Word(at=number * 2, end=number * 2 + 1, from_ms=from_ms, until_ms=until_ms))
        from_ms = until_ms
    places = sorted(by.sample(range(len(words) + 1), by.randint(0, min(3, len(words)))))
    line = SpokenLine(
        step="a",
        text=" ".join("x" * len(words)),
        audio_file="/a.wav",
        audio_ms=from_ms + 30,
        words=tuple(words),
        marks=tuple(Mark(kind="here", at=at * 2, end=at * 2) for at in places),
    )
    frames = list(range(0, end_ms, 40)) or [0]
    return take([one], frames), Speech(lines=(line,))


@pytest.mark.parametrize("speed_up", [False, True])
def test_marked_actions_fall_on_their_words(speed_up: bool) -> None:
    by = random.Random(5)
    for _ in range(500):
        recorded, speech = marked(by)
        line, manifest = speech.lines[0], lay_out(recorded, speech, TITLES, speed_up=speed_up)
        placed = manifest.steps[0]
        starts = [*(word.from_ms for word in placed.words), placed.audio_end_ms]
        assert placed.action_start_ms == placed.start_ms + LEAD_IN_MS, "and not after a wait"
        for mark, hand in zip(line.marks, placed.interactions, strict=False):
            late_ms = hand.at_ms + PRESS_MS - starts[mark.at // 2]
            assert abs(late_ms) <= 50 or mark.at >= len(line.text), "or the sentence has ended"
        assert_whole(placed)
        assert placed.end_ms >= max(placed.audio_end_ms, placed.action_end_ms) + SETTLE_MS
        assert all(one[0] < two[0] and one[1] < two[1] for one, two in pairwise(pictures(manifest)))


def assert_whole(placed: ManifestStep) -> None:
    """Check that all of a line's sound is heard once, in order."""
    covered = [(piece.from_ms, piece.until_ms) for piece in placed.pieces]
    assert [covered[0][0], *(end for _, end in covered)] == [
        *(start for start, _ in covered),
        placed.audio_ms,
    ]
    for one, two in pairwise(placed.pieces):
        assert one.at_ms + one.until_ms - one.from_ms < two.at_ms
    assert all(one.until_ms <= two.from_ms for one, two in pairwise(placed.words))


def test_a_moving_page_is_recorded_for_its_marks() -> None:
    """A take serves the narration that it was recorded for, so it is not recorded again."""
    by = random.Random(3)
    for _ in range(200):
        recorded, speech = marked(by)
        one = recorded.steps[0]
        course = course_of(one, speech.lines[0])
        end_ms = one.action_start_ms + course.length_ms(one, speech.lines[0]) - LEAD_IN_MS
        moving = one.model_copy(update={"moving": True, "end_ms": end_ms})
        assert serves(recorded.model_copy(update={"steps": (moving,)}), speech)


def test_a_word_of_no_length_moves_as_a_whole() -> None:
    late = Interaction(kind="click", at_ms=1000, from_ms=50, there_ms=500)
    recorded, _ = marked(random.Random(1))
    one = recorded.steps[0].model_copy(update={"interactions": (late,), "action_end_ms": 1100})
    line = SpokenLine(
        step="a",
        text="x y",
        audio_file="/a.wav",
        audio_ms=900,
        words=(
            Word(at=0, end=1, from_ms=0, until_ms=0),
            Word(at=2, end=3, from_ms=0, until_ms=800),
        ),
        marks=(Mark(kind="here", at=0, end=0),),
    )
    laid = lay_out(recorded.model_copy(update={"steps": (one,)}), Speech(lines=(line,)), TITLES)
    assert all(word.from_ms <= word.until_ms for word in laid.steps[0].words)
    assert laid.steps[0].words[0].until_ms == laid.steps[0].audio_start_ms


def test_a_mark_without_an_action_is_advised() -> None:
    recorded = take([step("a", 0, (0, 100), 500, clicks=[50])], [0])
    text, marks = read_marks("{here} Click, {here} and click again.")
    line = SpokenLine(step="a", text=text, audio_file=None, audio_ms=2000, marks=marks)
    assert advice(recorded, Speech(lines=(line,))) == [
        "step 'a': 2 marks {here}, but actions of the hand: 1; take out 1 (a script beside actions"
        " of the hand has none)"
    ]
