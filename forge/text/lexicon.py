"""A lexicon says how words are spoken: "SQL" as "sequel"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, cached_property

from forge.text.spaces import fold

#: Letters of scripts without spaces between words, and of Korean, whose endings follow foreign
#: words: other words may begin and end beside them.
UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
)

#: `word = spoken`, for all languages, or for one: `language = {word = spoken}`.
Table = Mapping[str, str | Mapping[str, str]]


class LexiconError(ValueError):
    """Entries of a lexicon that cannot be used; `keys` are where one of them is in its table."""

    def __init__(self, message: str, keys: tuple[str, ...]) -> None:
        super().__init__(message)
        self.keys = keys


class Lexicon:
    """How words are spoken in one language. Words in the spoken form may be entries themselves.

    Raises:
        LexiconError: a word is empty, or entries use each other in a loop.
    """

    def __init__(self, entries: Mapping[str, str]) -> None:
        self._entries = {fold(word): fold(spoken) for word, spoken in entries.items()}
        if "" in self._entries:
            raise LexiconError("an entry without a word", ("",))
        self._spoken = {word: self._resolved(word, ()) for word in self._entries}

    @classmethod
    def of(cls, table: Table, language: str) -> Lexicon:
        """Return the lexicon of a language: `pt-BR` also has the entries of `pt`, and general ones.

        The nearest wins.
        """
        entries = {word: spoken for word, spoken in table.items() if isinstance(spoken, str)}
        for own in reversed(list(_tables(table, language))):
            lowered = {word.casefold() for word in own}
            entries = {w: s for w, s in entries.items() if w.casefold() not in lowered} | dict(own)
        return cls(entries)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds the words, whole and in any case; the longest first."""
        longest_first = sorted(self._entries, key=lambda word: (-len(word), word))
        return re.compile("|".join(map(_whole, longest_first)) or r"(?!)", re.IGNORECASE)

    def spoken(self, written: str) -> str:
        """Return how a word that `pattern` found is spoken; a word in the same case goes first."""
        return self._spoken[self._word(written)]

    def _word(self, written: str) -> str:
        word = fold(written)
        if word in self._entries:
            return word
        return next(w for w in self._entries if re.fullmatch(re.escape(w), word, re.IGNORECASE))

    def _resolved(self, word: str, users: tuple[str, ...]) -> str:
        if word in users:
            loop = " uses ".join(map(repr, (*users[users.index(word) :], word)))
            raise LexiconError(f"a loop: {loop}; take the other word out of one of them", (word,))

        def use(found: re.Match[str]) -> str:
            other = self._word(found[0])
            return found[0] if other == word else self._resolved(other, (*users, word))

        return self.pattern.sub(use, self._entries[word])


def check(table: Table) -> None:
    """Check a lexicon in each of its languages.

    Raises:
        LexiconError: a word is empty, or entries use each other in a loop.
    """
    for language in ("", *(key for key, own in table.items() if isinstance(own, Mapping))):
        try:
            Lexicon.of(table, language)
        except LexiconError as problem:
            (word,) = problem.keys
            own = table.get(language, {})
            keys = (language, word) if isinstance(own, Mapping) and word in own else (word,)
            raise LexiconError(str(problem), keys) from problem


def _tables(table: Table, language: str) -> Iterator[Mapping[str, str]]:
    """Yield the tables of a language and of those that it belongs to, the nearest first."""
    parts = language.lower().split("-")
    for length in range(len(parts), 0, -1):
        for key, own in table.items():
            if isinstance(own, Mapping) and key.lower() == "-".join(parts[:length]):
                yield own


def _whole(word: str) -> str:
    """Return a pattern of `word` where no other letters of its word are beside it."""
    letter = rf"[^\W{UNSPACED}]|[{_marks()}]"
    before = rf"(?<!{letter})" if re.match(letter, word[0]) else ""
    after = rf"(?!{letter})" if re.match(letter, word[-1]) else ""
    return before + re.escape(word).replace(r"\ ", r"\s+") + after


@cache
def _marks() -> str:
    r"""Return the marks that are written on letters, as a class of a pattern: `\w` lacks them.

    With them, most vowels of Indian scripts are written.
    """
    signs, unspaced = map(chr, range(0x300, 0x1E00)), re.compile(rf"[{UNSPACED}]")
    return "".join(s for s in signs if unicodedata.category(s)[0] == "M" and not unspaced.match(s))
