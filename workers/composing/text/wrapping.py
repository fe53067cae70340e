"""Break text into lines, in scripts with spaces between words and without."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, pairwise

from forge.text.segments import Span, clipped, graphemes, line_pieces, spans, words
from forge.text.sentences import CLOSERS, OPENERS, sentences

#: The length of a text. That of a line is taken to be the sum of those of its pieces.
Measure = Callable[[str], float]

#: Spaces that are left out at the ends of lines; a no-break space is none of them.
BREAKING_SPACES = " \t\n\u3000\u200b"
CLAUSE_ENDS = tuple(",;:、，；：،؛—–!?…。！？؟।")
BEFORE_NUMBERS = "#§¶№@"
FIRST_EMOJI = "\u2600"
ROUNDING = 1e-9  # of sums
UNIT_LETTERS = 3  # "km", "min": as long at most

# Costs of a layout. A line also costs the square of its empty share (0 … 1).
A_LINE = 10.0
AFTER_SENTENCE, AFTER_CLAUSE, WITHIN_PHRASE = -0.3, -0.1, 0.3
BESIDE_NUMBER = 2.0  # "page|5", "10|guests": at any better place, if there are not more lines
HELD = 15.0  # "Dr.|Weber", "Room|5", "10|km": rather one line more
LONE = 100.0  # a lone "?" at the beginning of a line: at any other place that fits


def columns(text: str) -> int:
    """Return the width of `text` in columns: two for a Chinese, Japanese or Korean character."""
    if text.isascii():
        return len(text)
    return sum(_columns_of(character) for character in graphemes(text))


def _columns_of(character: str) -> int:
    if unicodedata.east_asian_width(character[0]) in "WF":
        return 2
    return sum(unicodedata.category(sign) not in ("Mn", "Me", "Mc", "Cf") for sign in character)


def wrap(text: str, limit: float, measure: Measure = columns, language: str = "") -> list[str]:
    """Return `text` in as few lines as possible, each at most `limit` long by `measure`.

    The lines are about equally long, with breaks preferred after sentences and clauses, and avoided
    after abbreviations and beside numbers. Only a word longer than a line is broken.
    """
    whole = line_pieces(text, language)
    pieces = [part for piece in whole for part in _fitting(piece, limit, measure, language)]
    prices = _prices(text, pieces, language)
    begins = [*accumulate(map(measure, pieces), initial=0.0)]
    # The length of the text up to the end of each piece, without the space there.
    ends = [at + measure(p.rstrip(BREAKING_SPACES)) for at, p in zip(begins, pieces, strict=False)]
    # For the first n pieces: the cost of their lines, and the piece that begins the last line.
    best = [(0.0, 0)]
    for last, (end, price) in enumerate(zip(ends, prices, strict=True)):
        options: list[tuple[float, int]] = []
        for start in reversed(range(last + 1)):
            left = 1 - (end - begins[start]) / limit
            if left < -ROUNDING and options:
                break
            options.append((best[start][0] + A_LINE + left * left + price, start))
        best.append(min(options))
    return [line for line in _lines(pieces, best) if line]


def shortened(text: str, characters: int, language: str = "") -> str:
    """Return `text` cut at a word, with an ellipsis, to at most that many code points.

    Where there are no spaces between words, a space or comma in the second half is preferred.
    """
    if len(text) <= characters:
        return text
    kept = ""
    for piece in line_pieces(text, language):
        if len((kept + piece).rstrip(BREAKING_SPACES)) > characters - 1:
            break
        kept += piece
    if kept[-1:].isalnum() and (pause := max(map(kept.rfind, " 、，"))) >= len(kept) // 2:
        kept = kept[:pause]
    return (kept.rstrip(" ,;:.、，" + OPENERS) or clipped(text, characters - 1)) + "…"


def _lines(pieces: Sequence[str], best: Sequence[tuple[float, int]]) -> list[str]:
    lines: list[str] = []
    end = len(pieces)
    while end:
        start = best[end][1]
        lines.insert(0, "".join(pieces[start:end]).strip(BREAKING_SPACES))
        end = start
    return lines


def _fitting(piece: str, limit: float, measure: Measure, language: str) -> Iterator[str]:
    """Yield `piece`, or its parts if it is longer than a line."""
    if measure(piece.rstrip(BREAKING_SPACES)) <= limit:
        yield piece
        return
    smaller = line_pieces(piece, language, phrases=False)
    if len(smaller) > 1:
        for part in smaller:
            yield from _fitting(part, limit, measure, language)
        return
    kept = ""
    for character in graphemes(piece):
        if kept and measure((kept + character).rstrip(BREAKING_SPACES)) > limit:
            yield kept
            kept = ""
        kept += character
    yield kept


def _prices(text: str, pieces: Sequence[str], language: str) -> list[float]:
    """Return the cost of a break after each piece; negative where a reader would pause."""
    ends = set(accumulate(len(sentence) for sentence in sentences(text, language)))
    known = words(text, language)
    found: list[float] = []
    for (before, place), (after, _) in pairwise(zip(pieces, spans(pieces), strict=True)):
        following = pieces[len(found) + 2 : len(found) + 3]
        if place.end in ends:
            found.append(AFTER_SENTENCE if not _is_lone(after) else LONE)
        else:
            found.append(_price(before, after, "".join(following), _within(known, place.end)))
    return [*found, 0.0][: len(pieces)]


def _within(known: Sequence[Span], place: int) -> bool:
    return any(at < place < end for at, end in known)


def _price(before: str, after: str, following: str, within_word: bool) -> float:
    """Return the cost of a break between two pieces of one sentence."""
    last = before.rstrip().rstrip(CLOSERS)[-1:]
    if _is_lone(after) and not _leads(after, following, before):
        return LONE
    if _is_lone(before):
        return LONE if _leads(before, after, "") else HELD if _begins_with_digit(after) else 0.0
    if last == ".":
        return HELD
    if last.isdecimal() and before[-1:].isspace():
        return HELD if len(after.strip()) <= UNIT_LETTERS else BESIDE_NUMBER
    if last.endswith(CLAUSE_ENDS):
        return AFTER_CLAUSE
    if _begins_with_digit(after) and before[-1:].isspace():
        return HELD if before[:1].isupper() else BESIDE_NUMBER
    alone = len(before.strip()) == 1 and before.islower()  # "a", the Polish "w"
    return WITHIN_PHRASE if alone or within_word or not _may_pause(before, after) else 0.0


def _may_pause(before: str, after: str) -> bool:
    """Return True after a space, and after the end of a Japanese phrase: mostly hiragana."""
    last = before[-1:]
    return last.isspace() or (_is_hiragana(last) and not _is_hiragana(after))


def _is_hiragana(text: str) -> bool:
    return "\u3041" <= text[:1] <= "\u309f"


def _begins_with_digit(text: str) -> bool:
    return text.lstrip(OPENERS)[:1].isdecimal()


def _is_lone(piece: str) -> bool:
    """Return True for punctuation or a symbol with spaces around it, emoji excepted."""
    stripped = piece.strip(BREAKING_SPACES + "\u00a0\u202f\u2060")
    return bool(stripped) and all(
        unicodedata.category(sign)[0] in "PS" and sign < FIRST_EMOJI for sign in stripped
    )


def _leads(symbol: str, following: str, before: str) -> bool:
    """Return True if a lone symbol belongs to what follows it: "« Exporter", "$ 5", "¿ Qué"."""
    first = symbol.lstrip()[:1]
    if unicodedata.category(first) == "Sc":
        return _begins_with_digit(following) and not before.rstrip()[-1:].isdecimal()
    return first in BEFORE_NUMBERS or (first in OPENERS and first not in CLOSERS) or first in "«¿¡"
