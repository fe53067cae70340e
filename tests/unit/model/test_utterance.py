"""What the voice is given for a line, and which shown words the spoken ones are."""

from __future__ import annotations

import pytest

from forge.model.marks import read_marks
from forge.model.records import Line
from forge.model.settings import Settings, Voice
from forge.model.utterance import Script, Utterance, scripts
from forge.text.segments import words


def script(written: str, lang: str | None = None, **voice: object) -> Script:
    """Return the script of a sentence as its author writes it."""
    text, marks = read_marks(written)
    settings = Settings(voice=Voice.model_validate(voice))
    (made,) = scripts([Line(step="a", text=text, marks=marks)], settings, lang)
    return made


def shown_words(made: Script) -> list[str]:
    """Return, for each spoken word, the shown text that it is."""
    parts = made.shown_parts(words(made.said.text, "en"))
    return [made.shown[part.at : part.end] for part in parts]


def test_a_plain_line_is_spoken_as_it_is() -> None:
    made = script("Save the event.")
    assert made.said == Utterance("Save the event.", "en")
    assert shown_words(made) == ["Save", "the", "event"]
    assert script("Guarda.", "es").said.language == "es"


def test_the_lexicon_and_marks_say_how_words_are_spoken() -> None:
    made = script("Query {say: PostgreSQL|post gres} by SQL", say={"SQL": "ess queue ell"})
    assert made.said.text == "Query post gres by ess queue ell"
    assert made.shown == "Query PostgreSQL by SQL"
    assert shown_words(made) == ["Query", *["PostgreSQL"] * 2, "by", *["SQL"] * 3]


def test_the_lexicon_of_the_language_is_used() -> None:
    say = {"SQL": "sequel", "es": {"SQL": "ese cu ele"}}
    assert script("SQL", "es", say=say).said.text == "ese cu ele"
    assert script("SQL", say=say).said.text == "sequel"


def test_parts_of_a_word_are_the_whole_word() -> None:
    made = script("Call useState now")
    assert made.said.text == "Call use State now"
    assert shown_words(made) == ["Call", "useState", "useState", "now"]


@pytest.mark.parametrize(
    ("written", "text", "pauses"),
    [
        ("One {pause 1.5} two", "One two", [(4, 1.5)]),
        ("One{pause 1}, two", "One, two", [(4, 1.0)]),
        ("{pause 1} One {pause 2}", "One", [(0, 1.0), (3, 2.0)]),
        ("**One** {pause 1} `two`", "One two", [(4, 1.0)]),
        ("{say: SQL|sequel} {pause 1} two", "sequel two", [(7, 1.0)]),
    ],
)
def test_pauses_are_between_spoken_words(
    written: str, text: str, pauses: list[tuple[int, float]]
) -> None:
    assert script(written).said == Utterance(text, "en", tuple(pauses))


@pytest.mark.parametrize(("written", "read_s"), [("…", 1.2), ("🎉", 1.2), ("* * * * *", 1.9)])
def test_a_line_that_says_nothing_is_silence_to_read_it(written: str, read_s: float) -> None:
    for engine in ("pyttsx3", "silent"):
        assert script(written, engine=engine).said == Utterance("", "en", ((0, read_s),))
    assert script(f"{written} {{pause 2}}").said.pauses == ((0, read_s), (0, 2.0))


def test_a_voice_that_is_not_heard_is_given_the_shown_text() -> None:
    made = script("Click **Save** → OK {pause 1}", engine="silent", say={"OK": "okay"})
    assert made.said == Utterance("Click **Save** → OK", "en", ((19, 1.0),))
    assert shown_words(made) == ["Click", "Save", "OK"]
