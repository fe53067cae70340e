"""Break text into lines, in scripts with spaces between words and without."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

Measure = Callable[[str], float]

# Characters that never begin a line, and that never end one (kinsoku, JIS X 4051).
NOT_FIRST = frozenset(
    "、。，．・：；？！ー〜…‥’”）〕］｝〉》」』】»)]},.:;?!%‰℃"
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶゝゞヽヾ々"
)
NOT_LAST = frozenset("‘“（〔［｛〈《「『【«([{￥$€£")
WIDE = ("W", "F")
HANGUL = re.compile(r"[\u1100-\u11ff\uac00-\ud7a3]")  # wide, but with spaces between words
#: Scripts without spaces between words, besides the wide ones: Thai, Lao, Burmese, Khmer.
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
HIRAGANA = re.compile(r"[\u3041-\u309f]")
NO_BREAK_SPACES = "\u00a0\u202f\u2060"
JOINERS = "\u200c\u200d"

# Costs of a layout. A line also costs the square of its empty share (0 … 1).
A_LINE = 10.0  # more than anything else: the fewest lines win
AFTER_SENTENCE, AFTER_CLAUSE, WITHIN_PHRASE = -0.3, -0.1, 0.3


def columns(text: str) -> int:
    """Return the width of `text` in columns: two for a Chinese, Japanese or Korean character."""
    return sum(
        0 if joins(sign) else 2 if unicodedata.east_asian_width(sign) in WIDE else 1
        for sign in text
    )


def joins(sign: str) -> bool:
    """Return True if `sign` belongs to the letter before it: an accent, vowel sign or joiner."""
    return unicodedata.category(sign) in ("Mn", "Me", "Mc") or sign in JOINERS


def wrap(text: str, limit: float, measure: Measure = columns) -> list[str]:
    """Return `text` in as few lines as possible, each at most `limit` long by `measure`.

    The lines are about equally long, with breaks preferred after sentences and clauses. Only a
    word longer than a line is broken.
    """
    pieces = [part for piece in _pieces(text) for part in _fitting(piece, limit, measure)]
    # For the first n pieces: the cost of their lines, and the piece that begins the last line.
    best = [(0.0, 0)]
    for end in range(1, len(pieces) + 1):
        price = 0.0 if end == len(pieces) else _price(pieces[end - 1], pieces[end])
        options: list[tuple[float, int]] = []
        for start in reversed(range(end)):
            left = 1 - measure("".join(pieces[start:end]).strip()) / limit
            if left < 0 and options:
                break
            options.append((best[start][0] + A_LINE + left * left + price, start))
        best.append(min(options))
    return [line for line in _lines(pieces, best) if line]


def shortened(text: str, characters: int) -> str:
    """Return `text` cut at a word, with an ellipsis, to at most that many characters."""
    if len(text) <= characters:
        return text
    kept = ""
    for piece in _pieces(text):
        if len((kept + piece).rstrip()) > characters - 1:
            break
        kept += piece
    return (kept.rstrip(" ,;:.、，") or text[: characters - 1]) + "…"


def _lines(pieces: Sequence[str], best: Sequence[tuple[float, int]]) -> list[str]:
    lines: list[str] = []
    end = len(pieces)
    while end:
        start = best[end][1]
        lines.insert(0, "".join(pieces[start:end]).strip())
        end = start
    return lines


def _price(piece: str, after: str) -> float:
    """Return the cost of a break between two pieces; negative where a reader would pause."""
    last = piece.rstrip()[-1:]
    if last in ".!?…。！？؟":
        return AFTER_SENTENCE
    if last in ",;:、，；：،؛—–":
        return AFTER_CLAUSE
    if piece != piece.rstrip() or last in NOT_FIRST:
        return 0.0
    # No space: a Japanese phrase mostly ends with hiragana, and the next begins with other signs.
    return 0.0 if HIRAGANA.match(last) and not HIRAGANA.match(after) else WITHIN_PHRASE


def _fitting(piece: str, limit: float, measure: Measure) -> Iterator[str]:
    """Yield `piece`, or its parts if it is longer than a line; accents stay with their letters."""
    while measure(piece.rstrip()) > limit and len(piece.rstrip()) > 1:
        end = 1
        while measure(piece[: end + 1]) <= limit:
            end += 1
        while end > 1 and joins(piece[end]):
            end -= 1
        yield piece[:end]
        piece = piece[end:]
    yield piece


def _pieces(text: str) -> Iterator[str]:
    """Yield the pieces of `text` between possible breaks."""
    piece = ""
    for at, sign in enumerate(text):
        piece += sign
        if _may_break(sign, text[at + 1 : at + 2]):
            yield piece
            piece = ""
    if piece:
        yield piece


def _may_break(sign: str, after: str) -> bool:
    if not after or after.isspace() or joins(after):
        return False  # a space stays with the word before it, an accent with its letter
    if sign.isspace():
        return sign not in NO_BREAK_SPACES
    if after in NOT_FIRST or sign in NOT_LAST or sign in JOINERS:
        return False
    if sign == "-":
        return after.isalpha()
    return _breaks_anywhere(sign) or _breaks_anywhere(after)


def _breaks_anywhere(sign: str) -> bool:
    wide = unicodedata.east_asian_width(sign) in WIDE and not HANGUL.match(sign)
    return wide or UNSPACED.match(sign) is not None
