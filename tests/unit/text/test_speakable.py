"""What is spoken of a written sentence: markup, code, addresses and signs are made words."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forge.text.lexicon import Lexicon
from forge.text.segments import Span
from forge.text.speakable import says_something, speakable

NONE = Lexicon({})


def spoken(text: str, **entries: str) -> str:
    return speakable(text, {}, Lexicon(entries)).text


@pytest.mark.parametrize(
    "text",
    [
        "To add an event, click “New event”. Then it's done!",
        "2 * 3 = 6, 2*3*4, 2**3 + 4**5 and 5 < 6, a<b and c>d, width > height",
        "It costs 3.50 €, $5 or 10 % less, at 10:30 on 2026-01-31, the 1st.",
        "iPhone, macOS's JavaScript, GitHub; kWh, mRNA, GmbH and McDonald",
        "C++, C#, .NET, and/or (maybe) #5, user@example.com",
        "Über die Straße – ja? Voulez-vous ? ¿Qué? Да. 点击“保存”按钮。",
        "می‌خواهم",  # the zero-width non-joiner is part of the spelling
        "f(x) and [1], {name}, a_ b",
    ],
)
def test_plain_text_is_spoken_as_it_is(text: str) -> None:
    plain = text.replace("macOS", "mac OS").replace("a_ b", "a b")
    assert spoken(text) == plain


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Click **Save**, then run `npm install`.", "Click Save, then run npm install."),
        ("*It* is __very__ _nice_, ***really*** ~~not~~.", "It is very nice, really not."),
        ("点击**保存**按钮", "点击保存按钮"),
        (
            'See [the docs](https://a.b/c_(d) "Docs") or ![a plan](plan.png).',
            "See the docs or a plan.",
        ),
        ("## What is new", "What is new"),
        ("> Quoted", "Quoted"),
        ("- One", "One"),
        ("* one * two * three", "one, two, three"),
        ("# 5 is alive", "# 5 is alive"),
        ("**kwargs are options", "**kwargs are options"),
    ],
)
def test_signs_of_markdown_are_left_out(text: str, said: str) -> None:
    assert spoken(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Click <b>Save</b>.", "Click Save."),
        ("<speak><break time='9s'/>Hello</speak>", "break Hello"),
        ('Use <ul> with <li class="x">, or <br/>.', "Use ul with li, or br."),
        ("A List<Integer> is fine", "A List Integer is fine"),
        ("[[h@l'oU]] & [[slnc 5000]]", "h@l'oU & slnc 5000"),
        ("now <!-- secret --> here", "now here"),
        ("a<b and c>d", "a<b and c>d"),
    ],
)
def test_tags_are_no_instructions(text: str, said: str) -> None:
    assert spoken(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "https://www.example.com/docs/getting-started?x=1#y.",
            "example.com, docs, getting started.",
        ),
        (
            "Open <http://localhost:8000/>, then (www.a.org/b%20c)!",
            "Open localhost 8000, then (a.org, b c)!",
        ),
        ("HTTPS://me:pw@a.b/0123456789abcdef0123/edit", "a.b, edit"),
        ("见https://a.b/c。好", "见a.b, c。好"),
    ],
)
def test_an_address_is_its_host_and_the_words_of_its_path(text: str, said: str) -> None:
    assert spoken(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("snake_case, MAX_SIZE, __init__ and _private", "snake case, MAX SIZE, init and private"),
        ("call getElementById() or useState(0)", "call get Element By Id or use State(0)"),
        ("npm install --save-dev -- really", "npm install save-dev -- really"),
        ("parseHTTPResponse2 is", "parse HTTP Response2 is"),
    ],
)
def test_names_of_programs_are_words(text: str, said: str) -> None:
    assert spoken(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Choose File → Save as → PDF.", "Choose File, Save as, PDF."),
        ("File > Save as > PDF", "File, Save as, PDF"),
        ("“File” → “Save”, → then -> end", "“File”, “Save”, then, end"),
        ("A | B | C", "A, B, C"),
        ("→ Next → .", "Next ."),
        ("Press ⌘S or ⌥ ⇧ K", "Press Command S or Option Shift K"),
        ("Well done 🎉👍🏽! 👩‍💻 1️⃣ ✓", "Well done ! 1"),
        ("soft\u00adware, zero\u200bwidth", "software, zerowidth"),
        ("10\u202f000 km, 1\u00a0000\u00a0000 and 5\u00a0km", "10000 km, 1000000 and 5 km"),
    ],
)
def test_signs_are_pauses_words_or_nothing(text: str, said: str) -> None:
    assert spoken(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "…",
        "...",
        "—",
        "→",
        "🎉",
        "👍🏽👩‍💻",
        "* * * * *",
        "\u200b",
        '""',
        "|",
        "**",
        "`",
        "---",
    ],
)
def test_some_sentences_say_nothing(text: str) -> None:
    assert not says_something(spoken(text))


@pytest.mark.parametrize("text", ["a", "5", "保", "%", "€", "&", "+"])
def test_letters_digits_and_symbols_with_a_name_say_something(text: str) -> None:
    assert says_something(spoken(text))


def test_the_lexicon_is_used_in_markup_and_code_but_not_changed_by_rules() -> None:
    assert spoken("**SQL** in get_sql_now: MySQL", SQL="_se->quel_") == (
        "_se->quel_ in get _se->quel_ now: MySQL"
    )


def test_what_a_mark_says_is_spoken_as_it_is() -> None:
    text = "Click **SQL** twice"
    made = speakable(text, {Span(8, 11): "the *sequel*"}, Lexicon({"sequel": "no", "SQL": "no"}))
    assert made.text == "Click the *sequel* twice"
    assert made.place(6, 18) == Span(8, 11)


def test_a_mark_may_say_nothing() -> None:
    assert speakable("Click (or tap) it", {Span(6, 14): ""}, NONE).text == "Click it"


def test_each_word_stands_for_its_part_of_the_text() -> None:
    text = "Run `foo_bar()` at https://a.b/c → **now** 🎉!"
    made = speakable(text, {}, NONE)
    found = {m[0]: text[slice(*made.place(*m.span()))] for m in re.finditer(r"[\w.]+", made.text)}
    assert found == {
        "Run": "Run",
        "foo": "foo",
        "bar": "bar",
        "at": "at",
        "a.b": "https://a.b/c",
        "c": "https://a.b/c",
        "now": "now",
    }


@given(
    st.text(
        alphabet="aB1 *_`~<>/[]()|.,:→🎉\u00ad\u200d\u00a0\U00100000\ue000#-={}'\"", max_size=60
    )
)
def test_any_text_is_mapped_in_order(text: str) -> None:
    made = speakable(text, {}, Lexicon({"B": "bee", "a1": "B"}))
    assert len(made.text) == len(made.places)
    assert all(0 <= place.at <= place.end <= len(text) for place in made.places)
    assert all(a.at <= b.at for a, b in pairwise(made.places))
    assert made.text == made.text.strip()
