"""Cards: when a video has them, how long they show, and how they shift the time line."""

from __future__ import annotations

import pytest

from forge.model.card_timing import LONGEST_MS, SHORTEST_MS, Titles, readable_ms
from forge.model.timeline import TAIL_MS, lay_out
from forge.workers.composing.text.card_labels import WORDS, words_for
from forge.workers.composing.text.chapters import chapters
from forge.workers.composing.text.cues import cues
from tests.support.takes import speech, step, take

TAKE = take(
    [step("a", 0, (50, 450), 900, clicks=[200]), step("b", 900, (950, 1150), 1600)], [0, 210]
)
SPEECH = speech(a=2050, b=1500)
GOALS = ("Create an event", "Find it again")


def test_intro_shifts_everything_equally() -> None:
    plain = lay_out(TAKE, SPEECH, Titles("Tour"))
    carded = lay_out(TAKE, SPEECH, Titles("Tour", GOALS, "Done."), cards=True)
    intro, recap = carded.cards
    shift_ms = intro.end_ms
    assert (intro.kind, intro.start_ms, recap.kind) == ("intro", 0, "recap")
    for one, other in zip(plain.steps, carded.steps, strict=True):
        assert other.start_ms == one.start_ms + shift_ms
        assert other.audio_start_ms == one.audio_start_ms + shift_ms
        assert other.end_ms == one.end_ms + shift_ms
        clicks = [done.at_ms + shift_ms for done in one.interactions]
        assert [done.at_ms for done in other.interactions] == clicks
    assert [p.at_ms - shift_ms for p in carded.pictures] == [p.at_ms for p in plain.pictures]
    assert recap.start_ms == carded.steps[-1].end_ms
    assert carded.total_ms == recap.end_ms, "the recap is the end"
    assert plain.total_ms == plain.steps[-1].end_ms + TAIL_MS
    assert cues(carded, "en")[0].start_ms == cues(plain, "en")[0].start_ms + shift_ms
    assert [c.start_ms for c in chapters(carded, "en")] == [0, carded.steps[1].start_ms]


@pytest.mark.parametrize(
    ("objectives", "summary", "kinds"),
    [((), "", []), (GOALS, "", ["intro"]), ((), "Done.", ["recap"])],
)
def test_a_card_without_words_is_none(
    objectives: tuple[str, ...], summary: str, kinds: list[str]
) -> None:
    manifest = lay_out(TAKE, SPEECH, Titles("T", objectives, summary), cards=True)
    assert [card.kind for card in manifest.cards] == kinds
    assert lay_out(TAKE, SPEECH, Titles("T", GOALS, "Done.")).cards == ()


def test_card_is_held_for_its_reading_time() -> None:
    assert readable_ms("Hello") == SHORTEST_MS
    assert readable_ms("word " * 400) == LONGEST_MS
    assert readable_ms("x" * 60) == 4000
    assert readable_ms("会" * 30) == readable_ms("x" * 60), "a Japanese sign says more"


def test_the_fixed_words_are_translated() -> None:
    assert {"en", "es", "de", "fr", "ja"} <= set(WORDS)
    assert len(set(WORDS.values())) == len(WORDS)
    assert words_for("pt-BR") == WORDS["pt"]
    assert words_for("eo") == WORDS["en"]
