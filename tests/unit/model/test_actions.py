"""The hand on the word: how actions and marks meet."""

from __future__ import annotations

from typing import Any

import pytest

from forge.model.actions import CALM_MS, Action, Hold, Holds, actions_of, meet, spoken_at_ms
from forge.model.easing import PRESS_MS
from forge.model.marks import read_marks
from forge.model.speech import SpokenLine, Word
from forge.model.take import Interaction, StepTake

WORD_MS = 400


def line(written: str, first_ms: int = 0, *, words: bool = True) -> SpokenLine:
    """Return a line whose words take 400 ms each; the first begins at `first_ms`."""
    text, marks = read_marks(written)
    heard, at = [], 0
    for number, word in enumerate(text.split()):
        at = text.index(word, at)
        from_ms = first_ms + number * WORD_MS
        heard.append(Word(at=at, end=at + len(word), from_ms=from_ms, until_ms=from_ms + WORD_MS))
        at += len(word)
    return SpokenLine(
        step="one",
        text=text,
        audio_file="/one.wav",
        audio_ms=first_ms + len(heard) * WORD_MS,
        marks=marks,
        words=tuple(heard) if words else (),
    )


def did(kind: Any, at_ms: int, from_ms: int | None = None, **more: Any) -> Interaction:
    there_ms = None if from_ms is None else at_ms - 450
    return Interaction(kind=kind, at_ms=at_ms, from_ms=from_ms, there_ms=there_ms, **more)


def step(*interactions: Interaction) -> StepTake:
    return StepTake(
        id="one",
        start_ms=1000,
        action_start_ms=1000,
        action_end_ms=9000,
        end_ms=9000,
        settle_ms=400,
        interactions=interactions,
    )


def test_a_click_is_one_action_from_its_setting_out() -> None:
    assert actions_of(step(did("click", 1900, 1050))) == [Action(50, 900 + PRESS_MS)]
    there_already = actions_of(step(did("click", 1900)))
    assert there_already == [Action(900, 900 + PRESS_MS)]


def test_the_hand_sets_out_with_its_scroll() -> None:
    found = actions_of(step(did("reveal", 1010), did("click", 2900, 1600)))
    assert found == [Action(10, 1900 + PRESS_MS)]


def test_a_wheel_of_the_author_is_an_action() -> None:
    found = actions_of(step(did("scroll", 1500), did("click", 2900, 2000)))
    assert found == [Action(500, 500), Action(1000, 1900 + PRESS_MS)]


def test_a_drag_is_one_action() -> None:
    dragged = (did("press", 1900, 1000), did("drag", 2000), did("release", 2800))
    assert actions_of(step(*dragged)) == [Action(0, 900)]


def test_a_text_that_replaces_another_is_one_action() -> None:
    box = (0.0, 0.0, 9.0, 9.0)
    replaced = (did("clear", 1900, 1000, box=box), did("type", 2000, box=box))
    assert actions_of(step(*replaced)) == [Action(0, 900)]
    elsewhere = (did("clear", 1900, 1000, box=box), did("type", 2900, 2000, box=None))
    assert len(actions_of(step(*elsewhere))) == 2


def test_a_step_without_hand_acts_where_its_function_begins() -> None:
    assert actions_of(step()) == [Action(0, 0)]
    assert actions_of(step(did("open", 1300))) == [Action(300, 300)]


def test_without_a_mark_nothing_waits() -> None:
    assert meet(line("Click New event"), [Action(0, 900)]) == ((), (), 0)


def test_the_picture_waits_for_the_word() -> None:
    picture, voice, _ = meet(line("To add an event {here} click it"), [Action(50, 900)])
    assert picture.at(49) == 49 and picture.at(900) == 4 * WORD_MS
    assert picture == (Hold(50, 4 * WORD_MS - 900),) and voice == ()


def test_the_sentence_waits_for_a_first_action_that_is_late() -> None:
    picture, voice, _ = meet(line("Now {here} click it"), [Action(50, 930)])
    assert picture.at(930) == voice.at(WORD_MS) == 1000
    assert voice == (Hold(0, 600),) and picture == (Hold(50, 70),)


def test_hand_and_word_meet_on_the_grid() -> None:
    """Each language and each recording then has the hand at the same places in its frames."""
    for acts_ms in (700, 733, 799):
        for first_ms in (0, 17, 1234):
            picture, voice, _ = meet(line("{here} one two", first_ms), [Action(0, acts_ms)])
            assert picture.at(acts_ms) == voice.at(first_ms)
            assert picture.at(acts_ms) % 100 == 0


def test_the_voice_waits_before_the_word_of_a_later_action() -> None:
    said = line("{here} Save it and {here} close it")
    picture, voice, _ = meet(said, [Action(0, 0), Action(3000, 4000)])
    assert picture.at(0) == voice.at(0) == 100
    assert picture.at(4000) == voice.at(3 * WORD_MS)
    assert voice == (Hold(0, 100), Hold(3 * WORD_MS, 2900))


def test_pauses_between_actions_stretch() -> None:
    said = line("{here} one two three four five {here} six seven")
    picture, voice, _ = meet(said, [Action(0, 0), Action(200, 1000)])
    assert picture.at(1000) == voice.at(5 * WORD_MS)
    assert picture == (Hold(0, 100), Hold(200, 5 * WORD_MS - 1000)) and voice == (Hold(0, 100),)


@pytest.mark.parametrize("pause_ms", [0, 150, 400, 2000])
def test_a_click_has_spread_before_the_hand_sets_out_again(pause_ms: int) -> None:
    spoken = line("{here} one two three {here} four", 2000)
    click = Action(0, 1000)
    again = Action(click.at_ms + 100, click.at_ms + 700 + pause_ms)
    hold = meet(spoken, [click, again]).picture[1]
    assert again.from_ms + hold.length_ms >= click.at_ms + CALM_MS


def later(said: SpokenLine, by_ms: int, *, gap: bool) -> SpokenLine:
    """Return a line whose last word comes later, after a pause or a longer word."""
    *before, one, last = said.words
    ends = {"until_ms": one.until_ms if gap else one.until_ms + by_ms}
    moved = {"from_ms": last.from_ms + by_ms, "until_ms": last.until_ms + by_ms}
    words = (*before, one.model_copy(update=ends), last.model_copy(update=moved))
    return said.model_copy(update={"words": words, "audio_ms": said.audio_ms + by_ms})


@pytest.mark.parametrize(("by_ms", "meets_ms"), [(40, 900), (50, 900), (60, 1000)])
def test_a_sentence_without_a_pause_is_not_cut_for_the_grid(by_ms: int, meets_ms: int) -> None:
    said = later(line("{here} one two {here} three"), by_ms, gap=False)
    picture, voice, _ = meet(said, [Action(0, 0), Action(0, 300)])
    assert voice == (Hold(0, 100),) and picture.at(300) == meets_ms


def test_a_pause_of_the_voice_becomes_longer_for_the_grid() -> None:
    said = later(line("{here} one two {here} three"), 150, gap=True)
    picture, voice, _ = meet(said, [Action(0, 0), Action(0, 300)])
    assert picture.at(300) == voice.at(said.words[-1].from_ms) == 1100
    assert voice == (Hold(0, 100), Hold(950, 50))


def test_recordings_that_differ_by_milliseconds_are_equally_long() -> None:
    said = line("Now {here} click it")
    lengths = {meet(said, [Action(0, 900 + ms)]).voice.total_ms for ms in (-40, 0, 3, 49)}
    assert lengths == {600}


def test_a_mark_after_the_last_word_waits_for_the_end() -> None:
    picture, _, _ = meet(line("Look closely {here}"), [Action(0, 0)])
    assert picture == (Hold(0, 2 * WORD_MS),)


def test_marks_without_an_action_are_counted() -> None:
    assert meet(line("{here} one {here} two {here} three"), [Action(0, 0)]).unmet == 2


def test_without_times_of_words_the_share_of_the_text_counts() -> None:
    said = line("aaaa {here} bbbb", words=False)
    assert spoken_at_ms(said.marks[0], said) == 2 * WORD_MS * 5 // 9


def test_moments_after_a_hold_are_later() -> None:
    holds = Holds((Hold(100, 50), Hold(300, 7)))
    assert [holds.at(ms) for ms in (99, 100, 299, 300)] == [99, 150, 349, 357]
    assert holds.total_ms == 57
