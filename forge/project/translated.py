"""The texts of a tutorial beside their translations: what is missing, and what is out of date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import sha256

from forge.model.records import Record
from forge.text.spaces import fold

DIGITS = 12  # of a digest: a chance of one in 10^14 that a changed text keeps its digest
NAMED = 5  # keys in one warning


def digest(source: str) -> str:
    """Return the digest of a source text: what `@of` notes for its translation."""
    return sha256(fold(source).encode()).hexdigest()[:DIGITS]


class Text(Record):
    """One text of a tutorial, and its translation into one language.

    `name` is a step's id or a reserved key, `key` the key of the side file under which the text
    stands there, or would stand. `source` and `translation` are as their authors write them, with
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
    def is_missing(self) -> bool:
        """True if there is something to translate, and no translation."""
        return bool(self.source) and self.translation is None

    @property
    def is_stale(self) -> bool:
        """True if the source is another one than that from which the text was translated."""
        return None not in (self.translation, self.of) and self.of != digest(self.source)


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
                f"{side_file}: {counted(missing)} {is_} not translated and {stay} in"
                f" {source_language!r}: {_shortened(missing)}"
            )
        if stale := _keys(text for text in own if text.is_stale):
            is_ = "is" if len(stale) == 1 else "are"
            notes.append(
                f"{side_file}: {counted(stale)} {is_} translated from an older text:"
                f" {_shortened(stale)}"
            )
    return notes


def counted(lines: Sequence[object]) -> str:
    """Return `1 line`, `2 lines` and so on."""
    return f"{len(lines)} line{'' if len(lines) == 1 else 's'}"


def _keys(texts: Iterable[Text]) -> list[str]:
    """Return the keys of `texts`, each once: tutorials of one module may share a line."""
    return list(dict.fromkeys(text.key for text in texts))


def _shortened(keys: Sequence[str]) -> str:
    if len(keys) <= NAMED + 1:  # "and 1 more" is no shorter than the key
        return ", ".join(keys)
    return f"{', '.join(keys[:NAMED])} and {len(keys) - NAMED} more"
