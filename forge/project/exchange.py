"""Exchange the texts of a project with its translators, as PO files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import polib

from forge.errors import ForgeError, ProjectError, UsageError
from forge.model.settings import Settings
from forge.project.child_process import apart
from forge.project.discovery import discover
from forge.project.new_lines import NewLine
from forge.project.po import (
    is_done,
    is_fuzzy,
    is_outdated,
    language_of,
    make_po,
    po_text,
    read_po,
    refuse_loss,
    translation_of,
)
from forge.project.translated import Text, check_translation, counted, digest
from forge.store.atomic import rewrite
from forge.text.suggest import similar


def load_texts(settings: Settings, languages: Sequence[str]) -> list[Text]:
    """Load the project's tutorials, in a child process; return their texts in each language.

    Raises:
        ProjectError: a tutorial or a side file is wrong.
    """

    def load() -> list[Text]:
        found = discover(settings.tutorials, settings.project_dir)
        return [text for lang in languages for item in found for text in item.texts(lang)]

    silence_s = settings.limits.silence_s
    texts: list[Text] = apart(list[Text], load, "the tutorials", silence_s=silence_s)
    return texts


def export_po(settings: Settings, texts: Iterable[Text], lang: str, path: Path) -> str:
    """Write the texts in `lang` into a PO file; return a sentence about it.

    Raises:
        UsageError: the file is there, and is no PO of that language, or has translations that would
            be lost.
        ProjectError: it cannot be written.
    """
    own = [text for text in texts if text.lang == lang and text.source]
    old = read_po(path) if path.exists() else None
    if old is not None:
        named = language_of(path, old) or lang
        if named.casefold() != lang.casefold():
            raise UsageError(
                f"{path} is there already, for the language {named!r}, not {lang!r}",
                hint="name another file, or remove that one",
            )
        refuse_loss(path, old, own)
    folder = settings.project_dir
    shown = [text.model_copy(update={"file": _within(folder, Path(text.file))}) for text in own]
    header = {
        "Project-Id-Version": folder.name,
        "X-Source-Language": settings.source_language,
    }
    po = make_po(shown, lang, header, old)
    try:
        rewrite(path, po_text(po))
    except OSError as problem:
        raise ProjectError(f"{path} cannot be written: {problem.strerror}") from problem
    lines = [entry for entry in po if not entry.obsolete]
    done, fuzzy = sum(map(is_done, lines)), sum(map(is_fuzzy, lines))
    rest = len(lines) - done - fuzzy
    return f"{path}: {counted(len(lines))}, {done} translated, {fuzzy} fuzzy, {rest} to translate"


def _within(folder: Path, file: Path) -> str:
    return str(file.relative_to(folder) if file.is_relative_to(folder) else file)


class Incoming:
    """What a PO file brings for the side files of its language, and what is wrong with it.

    `left_out` counts entries by the reason why they are not imported.
    """

    def __init__(self, path: Path, lang: str) -> None:
        self.path = path
        self.lang = lang
        self.lines: list[NewLine] = []
        self.problems: list[str] = []
        self.left_out: Counter[str] = Counter()

    def take(self, entries: Iterable[polib.POEntry], texts: Iterable[Text]) -> None:
        """Sort the entries into lines, problems and those that are left out."""
        known = {t.full_name: t for t in texts if t.lang == self.lang and t.source}
        first: dict[str, int | None] = {}
        for entry in entries:
            if entry.obsolete:
                continue
            place = f"{self.path}:{entry.linenum}: {entry.msgctxt!r}"
            try:
                if entry.msgctxt not in known:
                    raise _unknown(place, entry, known)
                if entry.msgctxt in first:
                    raise UsageError(
                        f"{place} is there twice, first in line {first[entry.msgctxt]}",
                        hint="remove one",
                    )
                first[entry.msgctxt] = entry.linenum
                self._take(place, entry, known[entry.msgctxt])
            except ForgeError as problem:
                self.problems.append("; ".join(filter(None, (problem.message, problem.hint))))

    def _take(self, place: str, entry: polib.POEntry, text: Text) -> None:
        if not is_done(entry):
            self.left_out["fuzzy" if is_fuzzy(entry) else "empty"] += 1
            return
        if is_outdated(entry, text):
            self.left_out["older than the side file's"] += 1
            return
        line = NewLine(text, translation_of(entry), digest(entry.msgid))
        check_translation(place, text, line.translation)
        self.lines.append(line)

    def __str__(self) -> str:
        old = sum(line.of != digest(line.text.source) for line in self.lines)
        out = ", ".join(f"{count} {why}" for why, count in sorted(self.left_out.items()))
        older = f", {old} of them of an older text" if old else ""
        left_out = f"; left out: {out}" if out else ""
        return f"{self.path}: {counted(len(self.lines))} in {self.lang!r}{older}{left_out}"


def _unknown(place: str, entry: polib.POEntry, known: Iterable[str]) -> UsageError:
    close = similar(str(entry.msgctxt), known)
    meant = f"; did you mean {close!r}?" if close else ""
    return UsageError(
        f"{place} is no text of this project",
        hint=f"if its step is gone, remove the entry{meant}",
    )


def read_translations(
    settings: Settings, files: Sequence[Path], languages: Sequence[str]
) -> tuple[list[Incoming], list[Text]]:
    """Read PO files and check every entry; return them, and the project's texts.

    `languages` are those that the user named; empty: any.

    Raises:
        UsageError: a file is wrong, or entries are: all of them are named.
        ProjectError: a tutorial or a side file is wrong.
    """
    pos = [(path, read_po(path)) for path in files]
    for path, po in pos:
        if not any(not entry.obsolete for entry in po):
            raise UsageError(
                f"{path} has no entries", hint="`forge translate --export` writes some"
            )
    found = [Incoming(path, _language(settings, path, po, languages)) for path, po in pos]
    first: dict[str, Path] = {}
    for one in found:
        if (other := first.setdefault(one.lang, one.path)) is not one.path:
            raise UsageError(f"{other} and {one.path} are both for the language {one.lang!r}")
    texts = load_texts(settings, list(first))
    for one, (_, po) in zip(found, pos, strict=True):
        one.take(po, texts)
    if problems := [problem for one in found for problem in one.problems]:
        entries = "1 entry" if len(problems) == 1 else f"{len(problems)} entries"
        first_line = f"nothing is imported, because {entries} cannot be:"
        raise UsageError("\n  ".join([first_line, *problems]))
    return found, texts


def _language(settings: Settings, path: Path, po: polib.POFile, languages: Sequence[str]) -> str:
    """Return the language of a PO file, spelt as the project spells it.

    Raises:
        UsageError: the header names none, the source language, or one that was not asked for.
    """
    named = language_of(path, po)
    if named is None and len(languages) == 1:
        return languages[0]
    if named is None:
        raise UsageError(
            f"{path}: its header does not name the language",
            hint="name it with --lang es, or add the field 'Language: es'",
        )
    known = (*languages, *(settings.languages or ()), settings.source_language)
    lang = next((one for one in known if one.casefold() == named.casefold()), named)
    if lang == settings.source_language or (languages and lang not in languages):
        wanted = ", ".join(map(repr, languages)) or "a translation"
        raise UsageError(
            f"{path}: its header names the language {lang!r}, not {wanted}",
            hint="is it the right file? Else correct the field 'Language', or name another --lang",
        )
    return lang
