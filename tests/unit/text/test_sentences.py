"""Sentences end where a reader of the language ends them."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forge.text.sentences import abbreviations, ends_with_abbreviation, sentences

#: Text in which `|` stands where a sentence ends.
CASES = [
    ("en", "Ask Dr. Weber to sign the form. |Then send it."),
    ("en", "1. Open the settings. |2. They are at the top."),
    ("en", "(a) Open the settings. |They are at the top."),
    ("en", "Choose a room, e.g. Room 5. |It is free today."),
    ("en", "In the list of the U.S. Senate, pick one. |Any will do."),
    ("en", "It was made in the U.S. |The rest was not."),
    ("en", "... and so on. |It never ends."),
    ("en", "... And so on. |It never ends."),
    ("en", "Mr. and Mrs. Lund live in St. Mary St. No. 5, by the lake. |Look them up."),
    ("en", "Is it done? |No. |Start again."),
    ("en", "Take room No. 5. |10 people fit into it. |5 more follow."),
    ("en", "J. S. Bach wrote it. |Press C. |Then you hear it."),
    ("en", "The meeting is at 9.30 a.m. |It ends at 10.15."),
    ("en", 'Choose "Wait …" and go on … |Then "Ready?" it asks. |"Yes." |You are done! 🎉'),
    ("en", "Open .NET settings on example.com. |Rename it to .env. |Version 2.5 is here."),
    ("en", "Yahoo! is a name. |Is it? |Yes!"),
    ("de", "Wählen Sie z. B. Raum 5 am 3. Mai. |Dann geht es weiter. |Am 3. 5. 2026 ist Schluss."),
    ("de", "Es gibt 3. |Dann kommt Dr. Weber, d. h. Ihr Arzt, in den 2. Stock."),
    ("fr", "M. Dupont arrive à 9.30. |Puis il part, cf. Annexe 2."),
    ("es", "Elija, p. ej. Sala 5. |La Sra. García espera, núm. 3 de la lista. |¿Listo? |¡Sí!"),
    ("it", "Scelga, p. es. Sala 5. |Il Dott. Rossi aspetta."),
    ("pt", "Escolha, p. ex. Sala 5. |O Dr. Costa espera."),
    ("nl", "Kies bijv. Zaal 5. |Dhr. Jansen wacht."),
    ("sv", "Välj t.ex. Rum 5. |Sedan är du klar."),
    ("da", "Vælg f.eks. Rum 5 den 3. Maj. |Så er du færdig."),
    ("no", "Velg f.eks. Rom 5. |Så er du ferdig."),
    ("pl", "Wybierz np. Salę 5. |Potem czeka dr. Nowak przy ul. Długiej."),
    ("cs", "Vyberte např. Sál 5. |Pak čeká p. Novák."),
    ("tr", "Örneğin Prof. Demir bekliyor. |Sonra 3. Oda açılır. |Bitti."),
    ("ru", "Откройте, т. е. Комнату на ул. Ленина, д. 5. |Затем ждёт А. С. Пушкин. |Готово."),
    ("uk", "Відкрийте кімнату на вул. Франка, буд. 5. |Потім чекає проф. Іваненко."),
    ("el", "Πού είναι; |Εδώ, π.χ. Αίθουσα 5. |Κάντε κλικ."),
    ("ar", "هل انتهيت؟ |نعم. |ينتظر د. أحمد هنا."),
    ("he", "סיימת? |כן. |לחצו כאן."),
    ("hi", "यह है। |फिर डॉ. शर्मा आते हैं। |ठीक?"),
    ("th", "นี่คือทั้งหมด คลิกที่ปุ่ม"),
    ("my", "ဒီမှာပါ။ |နောက်တစ်ခု။"),
    ("km", "នេះ។ |បន្ទាប់។"),
    ("ja", "保存を押します。|「はい。」と出ます。|「完了」！|次へ。"),
    ("zh-hant", "点击。|然后！|好？|“完成。”|下一步。"),
    ("ko", "저장합니다. |다음을 누르세요."),
    ("xx", "Without a table, J. S. Bach has 1.5 words. |The rest goes on."),
]


@pytest.mark.parametrize(("language", "marked"), CASES)
def test_sentences_end_by_the_rules_of_their_language(language: str, marked: str) -> None:
    assert sentences(marked.replace("|", ""), language) == marked.split("|")


@given(st.text(), st.sampled_from(["en", "de", "ja", "ru", "x"]))
def test_the_sentences_of_any_text_are_the_text(text: str, language: str) -> None:
    assert "".join(sentences(text, language)) == text


@pytest.mark.parametrize(
    ("sentence", "language", "belongs"),
    [
        ("made in the U.S.", "en", True),
        ("and milk, etc.", "en", True),
        ("u. a.", "de", True),
        ("by J. S.", "xx", True),
        ("the end.", "en", False),
        ("", "en", False),
    ],
)
def test_a_stop_may_belong_to_the_last_word(sentence: str, language: str, belongs: bool) -> None:
    assert ends_with_abbreviation(sentence, language) is belongs


def test_every_table_is_well_formed() -> None:
    text = files("forge.text").joinpath("abbreviations.toml").read_text(encoding="utf-8")
    keys = {"never_last", "before_number", "sometimes_last", "openers", "ordinals"}
    for language, entries in tomllib.loads(text).items():
        assert set(entries) <= keys, language
        assert re.fullmatch("[a-z]{2,3}", language)
        table = abbreviations(f"{language}-XX")
        short = table.never_last | table.before_number | table.sometimes_last
        assert [word for word in short if not word.endswith(".")] == [], language
        assert [word for word in table.openers if word.endswith(".")] == [], language
        assert not table.never_last & table.sometimes_last, language
