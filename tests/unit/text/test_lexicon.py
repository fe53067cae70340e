"""Lexicons: whole words, the case as written first, and no loops."""

from __future__ import annotations

import pytest

from forge.text.lexicon import Lexicon, LexiconError, Table, check


def speak(text: str, **entries: str) -> str:
    lexicon = Lexicon(entries)
    return lexicon.pattern.sub(lambda found: lexicon.spoken(found[0]), text)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("SQL, and sql.", "sequel, and sequel."),
        ("MySQL and SQLite and my_SQL", "MySQL and SQLite and my_SQL"),
        ("the SQL's end, “SQL”, SQL-like", "the sequel's end, “sequel”, sequel-like"),
        ("使用SQL查询", "使用sequel查询"),
        ("SQL을 SQLで", "sequel을 sequelで"),
    ],
)
def test_whole_words_are_replaced(text: str, spoken: str) -> None:
    assert speak(text, SQL="sequel") == spoken


@pytest.mark.parametrize(
    ("word", "text", "spoken"),
    [
        ("保存", "点击保存按钮", "点击x按钮"),
        ("C++", "C++ or C++20", "x or x20"),
        (".NET", "for .NET now", "for x now"),
        ("हिन्द", "हिन्द हिन्दी", "x हिन्दी"),
        ("Visual Studio", "Visual  Studio Visual", "x Visual"),
        ("a.b", "axb a.b", "axb x"),
        ("→", "A → B", "A x B"),
    ],
)
def test_words_of_any_script_and_signs_are_found(word: str, text: str, spoken: str) -> None:
    assert speak(text, **{word: "x"}) == spoken


def test_the_case_as_written_goes_first() -> None:
    assert speak("US us Us", US="U S", us="us") == "U S us U S"


def test_the_longest_word_goes_first() -> None:
    assert speak("New York, New", **{"New": "n", "New York": "ny"}) == "ny, n"


def test_entries_use_other_entries() -> None:
    assert speak("PostgreSQL", PostgreSQL="Postgres SQL", SQL="sequel") == "Postgres sequel"


def test_an_entry_may_contain_its_own_word() -> None:
    assert speak("GIF us", GIF="GIF file", us="us") == "GIF file us"


def test_a_loop_names_its_words() -> None:
    with pytest.raises(LexiconError, match="'A' uses 'B' uses 'C' uses 'A'; take") as caught:
        check({"x": "A", "A": "one b", "B": "C", "C": "A a"})
    assert caught.value.keys in (("x",), ("A",))


def test_a_loop_in_one_language_is_found_there() -> None:
    with pytest.raises(LexiconError) as caught:
        check({"A": "B", "es": {"B": "A"}})
    assert caught.value.keys in (("A",), ("es", "B"))
    check({"A": "B", "es": {"A": "C"}, "fr": {"B": "C"}})


@pytest.mark.parametrize("table", [{"": "x"}, {" ": "x"}, {"es": {"": "x"}}])
def test_an_empty_word_is_refused(table: dict[str, str | dict[str, str]]) -> None:
    with pytest.raises(LexiconError, match="without a word"):
        check(table)


TABLE: Table = {
    "SQL": "sequel",
    "OK": "okay",
    "pt": {"sql": "esse quê ele"},
    "pt-BR": {"PIN": "pim"},
}


@pytest.mark.parametrize(
    ("language", "spoken"),
    [
        ("en", "sequel okay PIN"),
        ("pt", "esse quê ele okay PIN"),
        ("pt-BR", "esse quê ele okay pim"),
        ("PT-br", "esse quê ele okay pim"),
        ("pt-PT", "esse quê ele okay PIN"),
    ],
)
def test_a_language_has_its_own_entries_and_the_general_ones(language: str, spoken: str) -> None:
    lexicon = Lexicon.of(TABLE, language)
    said = lexicon.pattern.sub(lambda found: lexicon.spoken(found[0]), "SQL OK PIN")
    assert said == spoken


def test_an_empty_lexicon_finds_nothing() -> None:
    assert not Lexicon({}).pattern.search("anything")


def test_a_dotless_i_is_found_like_an_i() -> None:
    """Patterns of Python take ı and İ for i without regard to case, but its casefold does not."""
    assert speak("ıd İD ID", id="x") == "x x x"
