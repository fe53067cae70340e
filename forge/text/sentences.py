"""The sentences of a text, by the rules of its language.

ICU's rules (`forge.text.segments`) end a sentence at nearly every full stop before a capital
letter. The rules here join such parts again, by the abbreviations in `abbreviations.toml`, and end
sentences before a number, where ICU does not. ICU's own abbreviations (`@ss=standard`) are not
used: with them no German sentence ends with "weiter.", and no English one with "link.".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from forge.text.segments import sentence_candidates

CLOSERS = "\"'“”‘’»«›‹)]}）」』】"
OPENERS = "\"'“”‘’„‚«»‹›([{（「『【¿¡"
#: Stops after which no space is needed.
CLOSE_STOPS = tuple("。！？｡．‼⁇⁈⁉")
#: ICU keeps "It ends. 5 more follow" and "Wait … Then go" together.
ANOTHER_END = re.compile(rf"(?:(?<=\.)|(?<=\.[{re.escape(CLOSERS)}]))\s+(?=\d)|(?<=…)\s+(?=\w)")
OPENING = re.compile(r"[（「『【〈《“‘]*$")
ENUMERATOR = re.compile(r"\(?(?:\d+|[^\W\d_]|[IVXLC]+)[.)]+")  # "1.", "a)", "IV."
ACRONYM = re.compile(r"(?:[^\W\d_]{1,3}\.){2,}")  # "U.S.", "a.m.", "z.B."
INITIALS = re.compile(r"[^\W\d_]\.")
LAST_INITIALS = re.compile(r"(?<!\w)(?:[^\W\d_]\.\s?){2,}$")
ORDINAL = re.compile(r"(?:\d+|[IVXLCDM]+)\.")
HIRAGANA = re.compile(r"[\u3041-\u309f]")
SAME_RULES = {"no": "nb", "nn": "nb"}


class Abbreviations(NamedTuple):
    """The table of one language, as `abbreviations.toml` explains it; words in lower case."""

    never_last: frozenset[str] = frozenset()
    before_number: frozenset[str] = frozenset()
    sometimes_last: frozenset[str] = frozenset()
    openers: frozenset[str] = frozenset()
    ordinals: bool = False


def sentences(text: str, language: str) -> list[str]:
    """Return the sentences of `text`, each with the space after it."""
    table = abbreviations(language)
    found: list[str] = []
    for part in _candidates(text, language):
        if found and _goes_on(found[-1], part, table):
            found[-1] += part
        else:
            found.append(part)
    return found


def ends_with_abbreviation(sentence: str, language: str) -> bool:
    """Return True if the full stop at the end of `sentence` belongs to its last word."""
    last, table = _last_word(sentence), abbreviations(language)
    known = last.casefold() in table.never_last | table.sometimes_last
    return known or _is_initial(last) or ACRONYM.fullmatch(last) is not None


@cache
def abbreviations(language: str) -> Abbreviations:
    """Return the table of `language`; an empty one where there is none."""
    code = language.split("-")[0].lower()
    return _tables().get(SAME_RULES.get(code, code), Abbreviations())


@cache
def _tables() -> dict[str, Abbreviations]:
    text = files("forge.text").joinpath("abbreviations.toml").read_text(encoding="utf-8")
    return {code: _table(entries) for code, entries in tomllib.loads(text).items()}


def _table(entries: Mapping[str, object]) -> Abbreviations:
    def listed(key: str) -> frozenset[str]:
        return frozenset(str(entries.get(key, "")).casefold().split())

    return Abbreviations(
        never_last=listed("never_last"),
        before_number=listed("before_number"),
        sometimes_last=listed("sometimes_last"),
        openers=listed("openers"),
        ordinals=bool(entries.get("ordinals")),
    )


def _candidates(text: str, language: str) -> Iterator[str]:
    """Yield the parts of `text` between all places where a sentence may end."""
    carried = ""
    for part in sentence_candidates(text, language):
        whole, at = carried + part, 0
        # For ICU a bracket that follows a stop closes the sentence: 。「
        carried = OPENING.search(whole)[0]  # type: ignore[index]
        whole = whole.removesuffix(carried)
        for space in ANOTHER_END.finditer(whole):
            yield whole[at : space.end()]
            at = space.end()
        yield whole[at:]
    if carried:
        yield carried


def _goes_on(before: str, after: str, table: Abbreviations) -> bool:
    """Return True if `after` belongs to the sentence `before`."""
    if not (_has_word(before) and _has_word(after)):
        return True  # "..." at the beginning, an emoji at the end
    stop = before.rstrip().rstrip(CLOSERS)[-1:]
    if not before[-1].isspace() and not stop.endswith(CLOSE_STOPS):
        return True  # within a word: ".NET"
    following = after.lstrip(OPENERS + " ")
    if following[:1].islower() or (before.endswith("」") and HIRAGANA.match(following)):
        return True  # "Ready?" it asks; 「はい。」と答えます
    return stop == "." and _is_within(_last_word(before), before, following, table)


def _is_within(last: str, before: str, following: str, table: Abbreviations) -> bool:
    """Return True if a sentence goes on after the word `last`, which has a full stop."""
    known = last.casefold()
    if ENUMERATOR.fullmatch(before.strip()) or known in table.never_last:
        return True
    if following[:1].isdecimal() and known in table.before_number:
        return True
    may_be_last = (
        known in table.sometimes_last
        or _is_initial(last)
        or ACRONYM.fullmatch(last) is not None
        or (table.ordinals and ORDINAL.fullmatch(last) is not None)
    )
    opens = _first_word(following) in table.openers and not INITIALS.match(following)
    return may_be_last and not opens


def _has_word(text: str) -> bool:
    return any(sign.isalnum() for sign in text)


def _last_word(text: str) -> str:
    """Return the last word of `text` with its stop; "z. B." and "J. S." are one word."""
    bare = text.rstrip().rstrip(CLOSERS)
    initials = LAST_INITIALS.search(bare)
    return "".join(initials[0].split()) if initials else (bare.split() or [""])[-1].lstrip(OPENERS)


def _first_word(text: str) -> str:
    return re.split(r"[\s.,;:!?'’]", text.casefold(), maxsplit=1)[0]


def _is_initial(word: str) -> bool:
    return len(word) == 2 and word[0].isalpha() and word[1] == "."
