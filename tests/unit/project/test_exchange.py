"""Translations that come back: lines, entries that are left out, problems."""

from __future__ import annotations

from pathlib import Path

import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forge.project.exchange import Incoming
from forge.project.po import make_po, po_text
from forge.project.translated import Text, digest
from forge.text.spaces import fold
from tests.support.translations import text

TODAY = digest("The text of go.")


def taken(*entries: polib.POEntry, of: Text | None = None) -> Incoming:
    incoming = Incoming(Path("es.po"), "es")
    incoming.take(entries, [of or text("go"), text("stay"), text("@summary", source="")])
    return incoming


def entry(msgstr: str, msgid: str = "The text of go.", **more: object) -> polib.POEntry:
    return polib.POEntry(**{"msgctxt": "tour/go", "linenum": 5, **more}, msgid=msgid, msgstr=msgstr)


def test_finished_entry_is_a_line_of_the_source_that_it_shows() -> None:
    (line,) = taken(entry("Va  ya.", "Go.")).lines
    assert (line.text.key, line.translation, line.of) == ("go", "Va ya.", digest("Go."))


@pytest.mark.parametrize(
    ("given", "there", "why"),
    [
        (entry("Va.", flags=["fuzzy"]), text("go"), {"fuzzy": 1}),
        (entry(" "), text("go"), {"empty": 1}),
        (entry("Va.", "Go."), text("go", "Siga.", TODAY), {"older than the side file's": 1}),
        (entry("Va.", obsolete=True), text("go"), {}),
    ],
)
def test_other_entries_are_left_out(given: polib.POEntry, there: Text, why: dict[str, int]) -> None:
    incoming = taken(given, of=there)
    assert (incoming.lines, incoming.problems, incoming.left_out) == ([], [], why)


@pytest.mark.parametrize("of", [None, digest("Go."), digest("Begin.")])
def test_entry_of_an_older_source_is_taken_if_the_side_file_is_no_newer(of: str | None) -> None:
    assert len(taken(entry("Va.", "Go."), of=text("go", "Ve.", of)).lines) == 1


def test_every_problem_has_its_place_and_what_to_do() -> None:
    incoming = taken(
        entry("Va {here}."),
        entry("Va.", linenum=9),
        entry("Va.", msgctxt="tour/stai", linenum=13),
        entry("Va.", msgctxt="intro", linenum=17),
        entry("Va.", msgctxt=None, linenum=21),
    )
    assert incoming.problems == [
        "es.po:5: 'tour/go' has the mark {here} once, its source not at all;"
        " the source is: The text of go.",
        "es.po:9: 'tour/go' is there twice, first in line 5; remove one",
        "es.po:13: 'tour/stai' is no text of this project; if its step is gone, remove the entry;"
        " did you mean 'tour/stay'?",
        "es.po:17: 'intro' is no text of this project; if its step is gone, remove the entry",
        "es.po:21: None is no text of this project; if its step is gone, remove the entry",
    ]


WORDS = st.text(st.sampled_from('aé "\\-\u00a0'), max_size=120).map(lambda said: fold(said).strip())


@given(st.lists(st.tuples(WORDS, WORDS, st.booleans()), min_size=1, max_size=5))
def test_export_after_an_import_changes_nothing(made: list[tuple[str, str, bool]]) -> None:
    texts = [text(f"s{n}", source=f"{n} {source}") for n, (source, _, _) in enumerate(made)]
    sent = make_po(texts, "es", {}, None)
    for each, (_, translation, is_draft) in zip(sent, made, strict=True):
        each.msgstr, each.flags = translation, ["fuzzy"] if is_draft and translation else []
    incoming = Incoming(Path("es.po"), "es")
    incoming.take(sent, texts)
    assert incoming.problems == []
    new = {line.text.name: line for line in incoming.lines}
    assert set(new) == {
        f"s{n}" for n, (_, said, is_draft) in enumerate(made) if said and not is_draft
    }
    after = [
        each.model_copy(update={"translation": new[each.name].translation, "of": new[each.name].of})
        if each.name in new
        else each
        for each in texts
    ]
    assert po_text(make_po(after, "es", {}, sent)) == po_text(sent)


def test_sentence_counts_lines_and_entries_that_are_left_out() -> None:
    incoming = taken(entry("Va."), entry("", msgctxt="tour/stay", linenum=9))
    assert str(incoming) == "es.po: 1 line in 'es'; left out: 1 empty"
    assert str(taken(entry("Va."))) == "es.po: 1 line in 'es'"
    assert str(taken(entry("Va.", "Go."))) == "es.po: 1 line in 'es', 1 of them of an older text"
