"""PO files: what a translator gets, and what is read of what comes back."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forge.errors import UsageError
from forge.model.marks import MarkError, read_marks, with_marks
from forge.project.po import (
    is_done,
    is_fuzzy,
    language_of,
    make_po,
    po_text,
    read_po,
    refuse_loss,
    translation_of,
)
from forge.project.translated import Text, digest
from forge.text.sanitize import clean
from forge.text.spaces import fold
from tests.support.odd import TEXTS
from tests.support.translations import text


def exported(*texts: Text, old: polib.POFile | None = None) -> polib.POFile:
    """Return the PO of `texts` as it is read again."""
    with TemporaryDirectory() as name:
        path = Path(name, "es.po")
        path.write_text(po_text(make_po(texts, "es", {}, old)), encoding="utf-8")
        return read_po(path)


def test_entry_has_what_a_translator_needs() -> None:
    made = text("go", "Pulsa {here} {pause 1} {here} Ir.", source="Click {here} {pause 1} Go.")
    assert po_text(make_po([made], "pt-BR", {"Project-Id-Version": "shop"}, None)) == (
        """\
#
msgid ""
msgstr ""
"Project-Id-Version: shop\\n"
"Language: pt_BR\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

#. {here}: the action on the screen begins with the next word. Keep this mark,
#. and put it before the same word of your sentence.
#. {pause 1.5}: the voice is silent, in seconds.
#: tutorials/tour.py:7
#, fuzzy
msgctxt "tour/go"
msgid "Click {here} {pause 1} Go."
msgstr "Pulsa {here} {pause 1} {here} Ir."
"""
    )


def test_objectives_are_one_entry_with_an_item_a_line() -> None:
    (entry,) = exported(text("@objectives", "Ver\nHacer", source="See\nDo"))
    assert (entry.msgid, entry.msgstr) == ("See\nDo", "Ver\nHacer")
    assert entry.comment == "What viewers learn. Each line is an item of a list."


@pytest.mark.parametrize(
    ("of", "flags"),
    [(None, []), (digest("The text of go."), []), (digest("Before."), ["fuzzy"])],
)
def test_stale_line_is_fuzzy(of: str | None, flags: list[str]) -> None:
    (entry,) = exported(text("go", "Va.", of))
    assert (entry.msgstr, entry.flags, entry.previous_msgid) == ("Va.", flags, None)


def test_text_without_a_source_has_no_entry() -> None:
    assert [e.msgctxt for e in exported(text("@summary", source=""), text("go"))] == ["tour/go"]


def test_old_file_knows_the_source_of_a_stale_line() -> None:
    old = exported(text("go", "Va.", source="Go."))
    stale = text("go", "Va.", digest("Go."), source="Go on.")
    once = exported(stale, old=old)
    assert once[0].previous_msgid == "Go."
    assert po_text(exported(stale, old=once)) == po_text(once)
    later = text("go", "Va.", digest("Go."), source="Go on and on.")
    assert exported(later, old=once)[0].previous_msgid == "Go."
    unknown = text("go", "Va.", digest("Begin."), source="Go on.")
    assert exported(unknown, old=old)[0].previous_msgid is None
    current = text("go", "Siga.", digest("Go on."), source="Go on.")
    assert (exported(current, old=once)[0].previous_msgid, exported(current)[0].flags) == (None, [])


@pytest.mark.parametrize(
    ("translation", "of", "shown", "flags"),
    [
        (None, None, "Quizás.", ["fuzzy"]),
        ("Va.", digest("Before."), "Quizás.", ["fuzzy"]),
        ("Va.", digest("The text of go."), "Va.", []),
    ],
)
def test_draft_of_the_translator_stays_until_there_is_a_current_line(
    translation: str | None, of: str | None, shown: str, flags: list[str]
) -> None:
    old = exported(text("go"))
    old[0].msgstr, old[0].flags, old[0].tcomment = "Quizás.", ["fuzzy"], "Ask Ana."
    (entry,) = exported(text("go", translation, of), old=old)
    assert (entry.msgstr, entry.flags, entry.tcomment) == (shown, flags, "Ask Ana.")


def test_header_of_the_translators_tool_stays() -> None:
    old = exported(text("go"))
    old.metadata["Last-Translator"] = "Ana"
    old.header = "Reviewed in May."
    made = exported(text("go"), old=old)
    assert (made.metadata["Last-Translator"], made.header) == ("Ana", "Reviewed in May.")


def test_entry_of_a_step_that_is_gone_becomes_obsolete() -> None:
    old = exported(text("go", "Va."), text("stay"), text("wait"))
    made = exported(text("stay"), old=old)
    assert [(e.msgctxt, e.msgstr, e.obsolete) for e in made] == [
        ("tour/stay", "", 0),
        ("tour/go", "Va.", 1),
    ]
    assert po_text(exported(text("stay"), old=made)) == po_text(made)


def test_finished_translations_are_not_overwritten() -> None:
    old = exported(text("go", "Va."), text("stay", "Queda."), text("wait", "Espera."), text("gone"))
    old[2].flags = ["fuzzy"]
    texts = [text("go", "Va."), text("stay"), text("wait"), text("more")]
    with pytest.raises(UsageError) as caught:
        refuse_loss(Path("es.po"), old, texts)
    assert caught.value.message == "es.po has 1 line that the side files do not have: tour/stay"
    refuse_loss(Path("es.po"), old, [text("go", "Va."), text("stay", "Queda.")])
    newer = text("stay", "Quedan.", digest("All stay."), source="All stay.")
    refuse_loss(Path("es.po"), old, [newer])


def sentences() -> st.SearchStrategy[str]:
    """Sentences as tutorials have them: with marks that are right, folded and cleaned."""
    parts = TEXTS | st.sampled_from(
        ["{here} ", "{pause 1.5} ", "{say: a|b}", "\\n", '"', "\\", "- ", "\u00a0", "word " * 20]
    )
    return st.lists(parts, max_size=6).map("".join).map(_sentence)


def _sentence(raw: str) -> str:
    try:
        return clean(with_marks(*read_marks(raw)))
    except MarkError:
        return clean(fold(raw.replace("{", "(")))


@given(st.lists(st.tuples(sentences(), sentences()), max_size=4))
def test_texts_come_back_from_po_as_they_were(pairs: list[tuple[str, str]]) -> None:
    texts = [
        text(f"step-{number}", translation, source=f"{number} {source}")
        for number, (source, translation) in enumerate(pairs)
    ]
    if texts:
        entries = exported(*texts)
        found = [(entry.msgctxt, entry.msgid, translation_of(entry)) for entry in entries]
        assert found == [(text.full_name, text.source, text.translation) for text in texts]


def test_white_space_of_a_translation_is_folded() -> None:
    entry = polib.POEntry(msgctxt="tour/go", msgstr=" Va\n ya.\u00a0 ")
    assert translation_of(entry) == "Va ya.\u00a0"
    entry = polib.POEntry(msgctxt="tour/@objectives", msgstr="\nUno  dos\nTres\n")
    assert translation_of(entry) == "Uno dos\nTres"


@pytest.mark.parametrize(
    ("entry", "done", "fuzzy"),
    [
        (polib.POEntry(msgstr="Va."), True, False),
        (polib.POEntry(msgstr="Va.", flags=["fuzzy"]), False, True),
        (polib.POEntry(msgstr="Va.", obsolete=True), False, False),
        (polib.POEntry(msgstr=" "), False, False),
        (polib.POEntry(msgstr="", flags=["fuzzy"]), False, False),
    ],
)
def test_entry_is_done_fuzzy_or_neither(entry: polib.POEntry, done: bool, fuzzy: bool) -> None:
    assert (is_done(entry), is_fuzzy(entry)) == (done, fuzzy)


BAD = {
    "another encoding": (b'msgid "a"\nmsgstr "\xe9"\n', "es.po is not UTF-8: .* at byte 18"),
    "JSON": (b'{"welcome": "Hola."}', r"es.po:1: not PO: \{"),
    "a text without its end": (b'msgid "a"\nmsgstr "Hola\n', 'es.po:2: not PO: msgstr "Hola'),
    "a quote in a text": (b'msgid "a"\nmsgstr "Ho"la"\n', "es.po:2: not PO"),
    "an unknown word": (b'msgid "a"\nmsgtext "b"\n', "es.po:2: not PO: msgtext"),
    "texts in a wrong order": (b'msgstr "a"\nmsgid "b"\n', "es.po:1: not PO"),
}


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=list(BAD))
def test_broken_po_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "es.po"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=message):
        read_po(path)


def test_po_that_is_no_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.po cannot be read: No such file"):
        read_po(tmp_path / "nowhere.po")


def test_po_of_other_tools_is_read(tmp_path: Path) -> None:
    path = tmp_path / "es.po"
    path.write_bytes(
        b'\xef\xbb\xbf# Ana\r\nmsgid ""\r\nmsgstr "Language: es_MX\\n"\r\n\r\n'
        b'#, fuzzy\r\n#| msgid "old"\r\nmsgctxt "tour/go"\r\nmsgid ""\r\n"Go "\r\n"on."\r\n'
        b'msgstr "Va\xe2\x80\xa8ya."\r\n\r\n#~ msgid "gone"\r\n#~ msgstr "ido"\r\n'
    )
    po = read_po(path)
    assert language_of(path, po) == "es-MX"
    assert [(e.msgid, translation_of(e), e.linenum) for e in po if not e.obsolete] == [
        ("Go on.", "Va ya.", 5)
    ]


@pytest.mark.parametrize(("named", "lang"), [("es", "es"), ("pt_BR", "pt-BR"), ("", None)])
def test_language_is_that_of_the_header(named: str, lang: str | None) -> None:
    po = polib.POFile()
    po.metadata = {"Language": named}
    assert language_of(Path("x.po"), po) == lang


def test_language_that_is_none_is_refused() -> None:
    po = polib.POFile()
    po.metadata = {"Language": "Español"}
    with pytest.raises(
        UsageError, match=r"x\.po: 'Language: Español' in its header is no language"
    ):
        language_of(Path("x.po"), po)
