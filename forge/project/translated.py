"""The texts of a tutorial beside their translations: what is missing, and what is out of date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import sha256

from forge.errors import TutorialError
from forge.model.marks import action_marks, read_marks, with_marks
from forge.model.records import Line, Mark, Record
from forge.text.sanitize import NOT_TEXT
from forge.text.spaces import fold
from forge.tutorial import marked, unmarked

DIGITS = 12  # of a digest: a chance of one in 10^14 that a changed text keeps its digest
NAMED = 5  # keys in one warning


def digest(source: str) -> str:
    """Return the digest of a source text: what `@of` notes for its translation."""
    return sha256(fold(source).encode()).hexdigest()[:DIGITS]


class Text(Record):
    """One text of a tutorial, and its translation into one language.

    `name` is a step's id or a reserved key, `key` the key under which forge writes the translation
    into the side file. `source` and `translation` are as their authors write them, with
    marks and with white space folded; a list (the objectives) has one item a line. `of` is the
    digest of the source from which the text was translated; None: it is not known. `file` and
    `line` are the place of the source.
    """

    tutorial: str
    name: str
    key: str
    source: str
    file: str
    line: int
    lang: str
    side_file: str
    translation: str | None = None
    of: str | None = None

    @property
    def full_name(self) -> str:
        """The name of the text in its project: `getting-started/welcome`."""
        return f"{self.tutorial}/{self.name}"

    @property
    def is_missing(self) -> bool:
        """True if there is something to translate, and no translation."""
        return bool(self.source) and self.translation is None

    @property
    def is_current(self) -> bool:
        """True if the text is known to be translated from its source of today."""
        return self.translation is not None and self.of == digest(self.source)

    @property
    def is_stale(self) -> bool:
        """True if the text is known to be translated from another source."""
        return None not in (self.translation, self.of) and not self.is_current


def check_translation(place: str, text: Text, translation: str) -> None:
    """Check what a translator wrote before it goes into a side file.

    Raises:
        TutorialError: it has a control character, or other marks than its source; the message
            begins with `place`.
    """
    if odd := NOT_TEXT.search(translation):
        raise TutorialError(
            f"{place} has a control character (U+{ord(odd[0]):04X})", hint="remove it"
        )
    if text.name.startswith("@"):
        for item in items_of(translation):
            unmarked(place, item)
    else:
        shown, marks = read_marks(text.source)
        translated_line(place, Line(step=text.name, text=shown, marks=marks), translation)


def fits(text: Text) -> bool:
    """Return True if a text has no translation, or one that may stay: its marks are right."""
    try:
        check_translation("", text, text.translation or "")
    except TutorialError:
        return text.translation is None
    return True


def items_of(text: str) -> tuple[str, ...]:
    """Return the items of a list that has one item a line."""
    return tuple(item for item in text.split("\n") if item)


def translated_line(place: str, source: Line, translation: str) -> Line:
    """Return a sentence as its translator writes it as a line, with its marks.

    Raises:
        TutorialError: a mark is wrong, or there are not as many `{here}` as in the source; the
            message begins with `place`.
    """
    text, marks = marked(place, translation)
    if len(action_marks(marks)) != len(action_marks(source.marks)):
        raise TutorialError(
            f"{place} has the mark {{here}} {_times(marks)}, its source {_times(source.marks)}",
            hint=f"the source is: {with_marks(source.text, source.marks)}",
        )
    return Line(step=source.step, text=text, marks=marks)


def _times(marks: Iterable[Mark]) -> str:
    count = len(action_marks(marks))
    return ("not at all", "once")[count] if count < 2 else f"{count} times"


def warnings(texts: Iterable[Text], source_language: str) -> list[str]:
    """Return one warning for each side file that lacks texts, and one for each that has old ones.

    Side files are in the order in which they appear in `texts`.
    """
    by_file: dict[str, list[Text]] = defaultdict(list)
    for text in texts:
        by_file[text.side_file].append(text)
    notes = []
    for side_file, own in by_file.items():
        if missing := _keys(text for text in own if text.is_missing):
            is_, stay = ("is", "stays") if len(missing) == 1 else ("are", "stay")
            notes.append(
                f"{side_file}: {counted(len(missing))} {is_} not translated and {stay} in"
                f" {source_language!r}: {_shortened(missing)}"
            )
        if stale := _keys(text for text in own if text.is_stale):
            is_ = "is" if len(stale) == 1 else "are"
            notes.append(
                f"{side_file}: {counted(len(stale))} {is_} translated from an older text:"
                f" {_shortened(stale)}"
            )
    return notes


def counted(number: int) -> str:
    """Return `1 line`, `2 lines` and so on."""
    return f"{number} line{'' if number == 1 else 's'}"


def _keys(texts: Iterable[Text]) -> list[str]:
    """Return the keys of `texts`, each once: tutorials of one module may share a line."""
    return list(dict.fromkeys(text.key for text in texts))


def _shortened(keys: Sequence[str]) -> str:
    if len(keys) <= NAMED + 1:  # "and 1 more" is no shorter than the key
        return ", ".join(keys)
    return f"{', '.join(keys[:NAMED])} and {len(keys) - NAMED} more"
