"""Texts of users' code, pages and files are safe for every sink."""

from __future__ import annotations

import io
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from rich.console import Console

from forge.errors import ForgeError
from forge.model.news import Retried
from forge.model.records import Event, Failure, JobResult, Line
from forge.report.html.gallery import Gallery, Tile
from forge.report.html.page import Place, page
from forge.report.junit import junit_xml
from forge.report.summary import print_report
from forge.report.wording import ended, retried
from forge.report.writer import batch_json
from forge.store.ledger import Entry
from forge.text.sanitize import LONGEST_MESSAGE, clean, cut, is_clean_path
from tests.support.jobs import job
from tests.support.odd import TEXTS

HOSTILE = "\x1b]0;pwned\x07\x1b[2J \x9b31m half \ud800\udc00 \udfff NUL \x00 \ufffe ]]> <b> \r\n &"


def result_of(text: str) -> JobResult:
    error = Failure(kind=text, message=text, hint=text, step=text, file=text, line=1)
    made = JobResult(job="a", status="failed", error=error, log=text, exact=False, outside=(text,))
    return made.model_copy(update={"warnings": (text, text)})


@given(TEXTS)
@example(HOSTILE)
def test_clean_text_is_unchanged_by_every_sink(text: str) -> None:
    once = clean(text)
    once.encode()
    assert clean(once) == once
    assert all(c in "\t\n" or c.isprintable() or ord(c) > 0x9F for c in once)


@given(TEXTS)
@example(HOSTILE)
def test_every_sink_takes_every_text(text: str) -> None:
    result = result_of(text)
    for record in (
        Entry(kind="result", at="", result=result),
        Event(kind="warning", slot=0, text=text),
        Line(step="s", text=text),
    ):
        assert type(record).model_validate_json(record.model_dump_json().encode()) == record
    assert json.loads(batch_json([result]))[0]["warnings"] == [clean(text)] * 2
    ElementTree.fromstring(junit_xml([result]).encode())
    gallery = Gallery(
        project=text,
        plan="p",
        jobs=("a",),
        shard=None,
        lanes=1,
        wall_s=1.0,
        ended="2026-01-01T00:00:00+00:00",
        cards=(Tile(job="a", title=text),),
    )
    shown = page(gallery, [result], Place(Path("/nowhere")))
    shown.encode()
    assert clean(shown) == shown


@given(TEXTS)
@example(HOSTILE)
def test_a_terminal_gets_no_escapes_but_richs(text: str) -> None:
    result = result_of(text)
    file = io.StringIO()
    console = Console(file=file, width=80, color_system=None)
    console.print(ended(result), highlight=False)
    console.print(retried(Retried(result=result, attempt=1, delay_s=1.0)), highlight=False)
    print_report(console, [result], 1.0, 1)
    told = file.getvalue()
    told.encode()
    assert clean(told) == told


@given(TEXTS)
@example(HOSTILE)
def test_errors_are_clean_whatever_they_repeat(text: str) -> None:
    error = ForgeError(text, hint=text)
    assert (error.message, error.hint) == (clean(text), clean(text))
    str(error).encode()


def test_messages_are_cut_but_narration_is_not() -> None:
    long = "x" * 100_000
    assert cut("x" * LONGEST_MESSAGE) == "x" * LONGEST_MESSAGE
    short = "x" * LONGEST_MESSAGE + " … (90000 characters more)"
    result = result_of(long)
    assert result.error is not None
    assert (result.error.message, Event(kind="warning", slot=0, text=long).text) == (short, short)
    assert result.outside == (short,)
    assert ForgeError(long).message == short
    made = job(title=long, lines=(Line(step="s", text=long),))
    assert (made.title, made.lines[0].text) == (long, long)


def test_messages_are_not_cut_within_a_character() -> None:
    flag = "\U0001f1eb\U0001f1f7"
    assert cut(f"ab{flag}c", 3) == "ab … (3 characters more)"


@pytest.mark.parametrize(
    ("name", "told"), [("é/日本語\n", True), ("caf\udce9", False), ("a\x1b[2J", False)]
)
def test_clean_path_is_unchanged_by_records(name: str, told: bool) -> None:
    assert is_clean_path(Path(name)) is told
