"""PO files (GNU gettext), as translators' tools read and write them: one for each language.

An entry's context is `<tutorial>/<step id or reserved key>`, its `msgid` the source text as the
author writes it, with marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import polib

from forge.errors import UsageError
from forge.model.marks import read_marks
from forge.model.settings import LANGUAGE
from forge.project.side_file import OBJECTIVES, SUMMARY, TITLE
from forge.project.translated import Text, counted, digest, fits, items_of
from forge.store.regular import read_regular
from forge.text.spaces import fold

WIDTH = 79  # columns at which gettext's tools fold: fewer changes when they write the file
FUZZY = "fuzzy"  # the flag of entries that the translator must look at
#: A line that is no comment. `polib` reads on where a quote is missing, and loses characters.
LINE = re.compile(r'(?:msg(?:ctxt|id|id_plural|str|str\[\d+\])\s*)?"(?:[^"\\]|\\.)*"')
#: White space at which `polib` divides lines, beside the ends of lines.
ODD_SPACE = re.compile(r"[\v\f\x1c-\x1e\x85\u2028\u2029]")
NOTES = {
    TITLE: "The title of the video.",
    OBJECTIVES: "What viewers learn. Each line is an item of a list.",
    SUMMARY: "The text at the end of the video.",
    "here": "{here}: the action on the screen begins with the next word. Keep this mark, and put it"
    " before the same word of your sentence.",
    "pause": "{pause 1.5}: the voice is silent, in seconds.",
    "say": "{say: written|spoken}: captions show the first text, the voice says the second.",
}


def make_po(
    texts: Iterable[Text], lang: str, header: dict[str, str], old: polib.POFile | None
) -> polib.POFile:
    """Return the texts of one language as PO, in their order; those without a source are left out.

    A translation that is out of date, or has wrong marks, is fuzzy. `header` are the fields of a
    new file. `old` is the PO file that is to be replaced: its header, the translator's comments and
    fuzzy texts that the side files lack stay; entries of texts that are gone become obsolete; and
    it may know the source from which a translation was made.
    """
    made = polib.POFile(wrapwidth=WIDTH)
    made.metadata = dict(old.metadata) if old is not None else header
    made.metadata |= {
        "Language": lang.replace("-", "_"),  # as in gettext's names of locales
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    made.header = old.header if old is not None else ""
    before = {entry.msgctxt: entry for entry in old or () if not entry.obsolete}
    for text in texts:
        if text.source:
            made.append(_entry(text, before.pop(text.full_name, None)))
    for gone in before.values():
        gone.obsolete = True
    made.extend(entry for entry in old or () if entry.obsolete and entry.msgstr)
    return made


def _entry(text: Text, before: polib.POEntry | None) -> polib.POEntry:
    stays = fits(text) and not text.is_stale
    entry = polib.POEntry(
        msgctxt=text.full_name,
        msgid=text.source,
        msgstr=text.translation or "",
        comment="\n".join(_notes(text)),
        occurrences=[(text.file, str(text.line))],
        flags=[FUZZY] if text.translation and not stays else [],
    )
    if before is None:
        return entry
    entry.tcomment = before.tcomment
    olds = [old for old in (before.previous_msgid, before.msgid) if old not in (None, text.source)]
    is_draft = is_fuzzy(before) and translation_of(before) != text.translation
    if is_draft and (text.is_missing or not stays):
        entry.msgstr, entry.flags = before.msgstr, [FUZZY]
        entry.previous_msgid = next(iter(olds), None)
    elif not stays:
        entry.previous_msgid = next((old for old in olds if digest(old) == text.of), None)
    return entry


def _notes(text: Text) -> Iterator[str]:
    """Yield what a translator must know about a text."""
    if text.name in NOTES:
        yield NOTES[text.name]
    else:
        _, marks = read_marks(text.source)
        yield from (NOTES[kind] for kind in dict.fromkeys(mark.kind for mark in marks))


def refuse_loss(path: Path, old: polib.POFile, texts: Sequence[Text]) -> None:
    """Refuse to replace a PO file that has translations which the side files lack.

    Raises:
        UsageError: it has some.
    """
    done = {entry.msgctxt: entry for entry in old if is_done(entry)}
    lost = [
        text.full_name
        for text in texts
        if (entry := done.get(text.full_name))
        and translation_of(entry) != text.translation
        and not is_outdated(entry, text)
    ]
    if lost:
        raise UsageError(
            f"{path} has {counted(len(lost))} that the side files do not have: {', '.join(lost)}",
            hint=f"`forge translate --import {path}` first, or remove it, or name another file",
        )


def is_outdated(entry: polib.POEntry, text: Text) -> bool:
    """Return True if an entry is of an older source than the line in the side file."""
    return text.is_current and digest(entry.msgid) != text.of


def is_done(entry: polib.POEntry) -> bool:
    """Return True if the translator has finished an entry."""
    return bool(entry.msgstr.strip()) and FUZZY not in entry.flags and not entry.obsolete


def is_fuzzy(entry: polib.POEntry) -> bool:
    """Return True if an entry has a text that the translator must look at."""
    return bool(entry.msgstr.strip()) and FUZZY in entry.flags and not entry.obsolete


def translation_of(entry: polib.POEntry) -> str:
    """Return the translation of an entry with white space folded, a list with one item a line."""
    listed = str(entry.msgctxt).endswith(OBJECTIVES)
    return "\n".join(map(fold, items_of(entry.msgstr) if listed else [entry.msgstr]))


def po_text(po: polib.POFile) -> str:
    """Return the content of a PO file."""
    return f"{po}".rstrip("\n") + "\n"


def read_po(path: Path) -> polib.POFile:
    """Read a PO file.

    Raises:
        UsageError: it cannot be read, or is broken.
    """
    try:
        content = ODD_SPACE.sub(" ", read_regular(path).decode("utf-8-sig"))
    except OSError as problem:
        raise UsageError(f"{path} cannot be read: {problem.strerror}") from problem
    except UnicodeDecodeError as problem:
        raise UsageError(
            f"{path} is not UTF-8: {problem.reason} at byte {problem.start}",
            hint="choose UTF-8 where your tool saves the file",
        ) from problem
    for number, line in enumerate(content.splitlines(), 1):
        if line.strip() and not line.startswith("#") and not LINE.fullmatch(line.strip()):
            raise _broken(f"{path}:{number}", line)
    try:
        return polib.pofile(f"{content}\n")  # with a line feed it cannot be the name of a file
    except OSError as problem:
        at = re.search(r"\(line (\d+)\)", str(problem))
        raise _broken(f"{path}:{at[1]}" if at else f"{path}", f"{problem}") from problem


def _broken(place: str, line: str) -> UsageError:
    return UsageError(
        f"{place}: not PO: {line.strip()}",
        hint="was the file cut off or edited by hand? Each text is in quotes; `forge translate"
        " --export` to another file shows what it should be",
    )


def language_of(path: Path, po: polib.POFile) -> str | None:
    """Return the language that the header names, as forge writes it; None: it names none.

    Raises:
        UsageError: it is no language.
    """
    named = po.metadata.get("Language", "").replace("_", "-")
    if named and not LANGUAGE.fullmatch(named):
        raise UsageError(f"{path}: 'Language: {named}' in its header is no language, such as es")
    return named or None
