"""Marks are cut out of sentences, and put back."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from forge.model.marks import MarkError, read_marks, with_marks, without_marks
from forge.model.records import Line, Mark


def here(at: int) -> Mark:
    return Mark(kind="here", at=at, end=at)


def pause(at: int, pause_s: float) -> Mark:
    return Mark(kind="pause", at=at, end=at, pause_s=pause_s)


def say(at: int, end: int, spoken: str) -> Mark:
    return Mark(kind="say", at=at, end=end, spoken=spoken)


#: What is written, what captions show, and the words that the marks stand before (the text of say).
SENTENCES = [
    ("To add an event, {here} click New event.", "To add an event, click New event.", [here(17)]),
    ("{here} Click it.", "Click it.", [here(0)]),
    ("Click it. {here}", "Click it.", [here(9)]),
    ("Click{here} it.", "Click it.", [here(6)]),
    ("Click {here}it.", "Click it.", [here(6)]),
    ("Click it {here}, then wait.", "Click it, then wait.", [here(8)]),
    ("Click it {here} {pause 1}.", "Click it.", [here(8), pause(8, 1)]),
    ("Open {here} .NET now.", "Open .NET now.", [here(5)]),
    ("Open {here}.NET now.", "Open .NET now.", [here(5)]),
    ("Cliquez {here}\u00a0!", "Cliquez\u00a0!", [here(7)]),
    ("予定を{here}クリック", "予定をクリック", [here(3)]),
    ("{here} One,\n  {here} two.", "One, two.", [here(0), here(5)]),
    ("{ here } One.", "One.", [here(0)]),
    ("{pause 1.5} Ready? {pause 2}", "Ready?", [pause(0, 1.5), pause(6, 2)]),
    ("Wait {pause 30} and go.", "Wait and go.", [pause(5, 30)]),
    ("This is {say:  Lumen | loo men }.", "This is Lumen.", [say(8, 13, "loo men")]),
    ("Run {say: sudo|}now.", "Run sudonow.", [say(4, 8, "")]),
    ("{here} {say: SQL|sequel} it.", "SQL it.", [here(0), say(0, 3, "sequel")]),
    ("{say: A\nB|a  b} {say: C|see}", "A B C", [say(0, 3, "a b"), say(4, 5, "see")]),
    ("{{{here} x}", "{{ x}", [here(3)]),
    ("{x{here}}", "{x}", [here(2)]),
]


@pytest.mark.parametrize(("written", "shown", "marks"), SENTENCES)
def test_marks_are_cut_out_of_a_sentence(written: str, shown: str, marks: list[Mark]) -> None:
    assert read_marks(written) == (shown, tuple(marks))


TEXTS = [
    "Put {name} where the name goes, and {\\an8} nowhere at all.",
    "An object is { a: 1 }, a set {1, 2}, and {} is empty.",
    "{{ user.name }} is what the template has, with {% if here %}.",
    "{where}, {hero}, {phase}, {stay}, {day} are names; {here_x} and {pause2} too.",
    "An open { or } or {{ is fine, and }{.",
    "{wait for it}",
]


@pytest.mark.parametrize("text", TEXTS)
def test_other_braces_are_text(text: str) -> None:
    assert read_marks(text) == (text, ())
    assert without_marks(text) == text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Write {{here}}.", "Write {here}."),
        ("Write {{hear}}.", "Write {hear}."),
        ("Write {{ pause  x }}.", "Write { pause x }."),
        ("Write {{{here}}}.", "Write {{here}}."),
        ("Write {{say.", "Write {say."),
        ("Write {｛here｝}.", "Write ｛here｝."),
    ],
)
def test_doubled_braces_show_what_would_be_a_mark(written: str, shown: str) -> None:
    assert read_marks(written) == (shown, ())
    assert with_marks(shown, ()) == re.sub(r" +", " ", written)


def test_the_place_of_a_mark_counts_code_points_of_the_folded_text() -> None:
    text, (mark,) = read_marks("  👩‍💻\r\n\tcode,   {here}\n  run ")
    assert text == "👩‍💻 code, run"
    assert text[mark.at :] == "run"
    assert Line(step="s", text=text).text == text  # records change no places


WRONG = [
    ("{hear} x", "the mark {hear} is wrong", "write {here}, or {{hear}}"),
    ("{Here} x", "the mark {Here} is wrong", "write {here}, or {{Here}}"),
    ("{here 2} x", "the mark {here 2} is wrong", "write {here}"),
    ("{pause} x", "the mark {pause} is wrong", "write {pause 1.5}, at most 30 s, or {{pause}}"),
    ("{pause x} x", "the mark {pause x} is wrong", "write {pause 1.5}"),
    ("{pause 1,5} x", "the mark {pause 1,5} is wrong", "write {pause 1.5}"),
    ("{pause 31} x", "the mark {pause 31} is wrong", "at most 30 s"),
    ("{pause 0} x", "the mark {pause 0} is wrong", "write {pause 1.5}"),
    ("{pause: 2} x", "the mark {pause: 2} is wrong", "write {pause 1.5}"),
    ("{paus 2} x", "the mark {paus 2} is wrong", "write {pause 1.5}"),
    ("{wait 2} x", "the mark {wait 2} is wrong", "write {pause 1.5}"),
    ("{say: a} x", "the mark {say: a} is wrong", "write {say: written|spoken}, or {{say: a}}"),
    ("{say: |b} x", "the mark {say: |b} is wrong", "write {say: written|spoken}"),
    ("{say: a|b|c} x", "the mark {say: a|b|c} is wrong", "write {say: written|spoken}"),
    ("{speak: a|b} x", "the mark {speak: a|b} is wrong", "write {say: written|spoken}"),
    ("{say: click {here} it|x}", "{say is not closed, or has another mark", "write {say: "),
    ("予定を｛here｝クリック", "the mark ｛here｝ is wrong", "write {here}, or {｛here｝}"),
    ("Now {here click it.", "{here is not closed", "write {here}, or {{here if the brace"),
    ("{here} {here} x", "no word between {here} and the next", "follows the one before it"),
    ("Click {here}, {here} x", "no word between {here} and the next", "write one"),
    ("x {here} {pause 1} {here}", "no word between {here} and the next", "write one"),
    ("{pause 1} {here} {pause 2} x", "no word between {pause 1} and the next", "their sum"),
    (" {here} ", "there is no sentence around {here}", 'write one; or @tour.step("", settle_s=2)'),
]


@pytest.mark.parametrize(("written", "says", "hint"), WRONG)
def test_a_wrong_mark_is_an_error_that_says_what_to_write(
    written: str, says: str, hint: str
) -> None:
    with pytest.raises(MarkError) as caught:
        read_marks(written)
    assert says in str(caught.value)
    assert hint in caught.value.hint


def test_a_text_that_is_only_shown_has_no_marks() -> None:
    assert without_marks("Use {{here}}  twice") == "Use {here}  twice"
    with pytest.raises(MarkError, match=r"the mark \{here\} is misplaced"):
        without_marks("Plan {here} an event")
    with pytest.raises(MarkError, match=r"the mark \{hear\} is wrong"):
        without_marks("Plan {hear} an event")


# There and back --------------------------------------------------------------------------------

PARTS = ["{here}", "{pause 1.5}", "{say: Lumen|loo men}", "{say: x|}", "{name}", "{{here}}"]
SIGNS = [*"{}{}｛｝ \n\u00a0.,!|:a9é", "here", "say", "ไทย", "  "]


@given(st.lists(st.sampled_from(PARTS + SIGNS), max_size=12).map("".join))
@example("{{here}{here}}")
@example("{{say: x|}{pause 1.5}}")
@example("a {here} {pause 1.5}?!")
def test_every_sentence_is_read_as_it_was_after_its_marks_were_written_again(written: str) -> None:
    try:
        text, marks = read_marks(written)
    except MarkError:
        return
    assert read_marks(with_marks(text, marks)) == (text, marks)


WORDS = st.lists(st.text("abcdé🎉", min_size=1, max_size=4), min_size=1, max_size=6)


@given(WORDS, st.data())
def test_marks_before_any_words_are_written_and_read(words: list[str], data: st.DataObject) -> None:
    text = " ".join(word + "x" for word in words)
    places = [0, *(found.end() for found in re.finditer(" ", text)), len(text)]
    chosen = sorted(data.draw(st.sets(st.sampled_from(places))))
    marks = tuple(here(at) for at in chosen)
    assert read_marks(with_marks(text, marks)) == (text, marks)
