"""What a voice can read of a written sentence.

Captions show a sentence as it is written. Voices read some signs out ("asterisk asterisk", "slash
slash"). Numbers, prices, dates and times are left to the engine.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import unquote

from forge.text.lexicon import Lexicon
from forge.text.mapped import Mapped, Part
from forge.text.markup import without_links, without_markup
from forge.text.segments import Span

#: Soft hyphens, zero-width signs, marks of direction, private use.
UNSEEN = re.compile(
    "[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufffc"
    "\ue000-\uf8ff\U000f0000-\U0010ffff]"
)
THOUSANDS = re.compile("(?<=[0-9])[\u00a0\u2009\u202f](?=[0-9]{3}(?![0-9]))")
NO_BREAK = re.compile("[\u00a0\u2007\u2009\u202f]")

ADDRESS = re.compile(
    # Only the scheme in any case: to ignore the case of a class of 28,000 characters takes 5 ms.
    r"<?(?i:(?<![A-Za-z0-9])(?:https?://(?:www\.)?|www\.))"
    r"(?P<rest>[^\s<>\"'`*“”‘’«»\u3000-\u9fff]+)>?"
)
AFTER_ADDRESS = ".,;:!?…)]}"
NUMBERED = re.compile(r"(?=.*[0-9])[0-9A-Za-z]{16,}")  # an id or a digest: of no use to a listener

SNAKE = re.compile(r"(?<=[^\W_])_+(?=[^\W_])")
LOW_LINE = re.compile(r"(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)")
#: Not kWh, mRNA or iPhone, and not JavaScript, which engines know.
CAMEL = re.compile(r"(?<!\w)(?=[a-z]*[aeiouy])[a-z]{2,}[A-Z][A-Za-z0-9]*(?!\w)")
HUMP = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
CALL = re.compile(r"(?<=\w)\(\)")
OPTION = re.compile(r"(?<!\S)--(?=[A-Za-z])")

ARROW = re.compile(r"\s*(?:[→⇒⟶⟹➔➜➞➡⮕]\ufe0f?|(?<![<=-])(?:-{1,2}|=)>)\s*")
BAR = re.compile(r"\s+\|\s+|\A\|\s+|\s+\|\Z")
#: `File > Save as`, and not `width > height`.
INTO = re.compile(r"(?<=[^\W\d_]{2})\s+[>›▸▶]\s+(?=(?P<next>[^\W\d_])[^\W\d_])")

#: Signs on keys, which engines pass over in silence.
KEYS = {
    "⌘": "Command", "⌥": "Option", "⇧": "Shift", "⌃": "Control", "⎋": "Escape", "⇥": "Tab",
    "⏎": "Enter", "↵": "Enter", "⌫": "Backspace", "⌦": "Delete",
}  # fmt: skip
KEY = re.compile(f"[{''.join(KEYS)}]")
EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u231a\u231b\u23e9-\u23fa\u2500-\u27bf\u2b00-\u2bff\u3030\u303d]"
    "[\ufe0e\ufe0f\u200d\u20e3\U000e0020-\U000e007f]*|[\ufe0e\ufe0f\u20e3]"
)

SPACES = re.compile(r"\s+")
#: Symbols that have a name even when they stand alone.
NAMED = frozenset("%&@#+=×÷±§°")
PUT = "\U00100000"  # private use: pieces that are put in are one character each until the end


def speakable(text: str, said: Mapping[Span, str], lexicon: Lexicon) -> Mapped:
    """Return what is spoken of `text`.

    `said` are parts of it that are spoken as it says. No rule changes them, nor what `lexicon`
    says.
    """
    put: dict[str, str] = {}

    def keep(spoken: str) -> str:
        sign = chr(ord(PUT) + len(put))
        put[sign] = spoken
        return sign

    def look_up(found: re.Match[str]) -> list[Part]:
        return [keep(lexicon.spoken(found[0]))]

    def address(found: re.Match[str]) -> list[Part]:
        rest = found["rest"]
        link = rest.rstrip(AFTER_ADDRESS)
        return [keep(_address(link)), Span(found.start("rest") + len(link), found.end("rest"))]

    spoken = Mapped.of(text).without(UNSEEN)
    for span, instead in said.items():
        spoken = spoken.with_part(span, keep(instead))
    spoken = spoken.without(THOUSANDS).sub(NO_BREAK, lambda found: [" "])
    spoken = without_markup(without_links(spoken).sub(ADDRESS, address))
    spoken = spoken.sub(lexicon.pattern, look_up)
    spoken = _without_signs(_without_code(spoken)).sub(lexicon.pattern, look_up)
    return spoken.expanded(put).sub(SPACES, _one_space)


def says_something(text: str) -> bool:
    """Return True if a voice has something to say: letters, digits, or symbols with a name."""
    return any(
        sign.isalnum() or sign in NAMED or sign >= PUT or unicodedata.category(sign) == "Sc"
        for sign in text
    )


def _without_code(text: Mapped) -> Mapped:
    """Take names of programs apart into words."""
    text = text.without(CALL).without(OPTION).without(LOW_LINE).sub(SNAKE, lambda found: [" "])
    return text.sub(CAMEL, _humps)


def _humps(found: re.Match[str]) -> list[Part]:
    parts: list[Part] = []
    for hump in HUMP.finditer(found[0]):
        parts += [" "] if parts else []
        parts.append(Span(found.start() + hump.start(), found.start() + hump.end()))
    return parts


def _without_signs(text: Mapped) -> Mapped:
    """Make short pauses of arrows and bars between words; leave out emoji."""
    for pattern in (ARROW, BAR, INTO):
        text = text.sub(pattern, _pause)
    text = text.sub(KEY, lambda found: [f" {KEYS[found[0]]} "])
    return text.sub(EMOJI, lambda found: [" "])


def _pause(found: re.Match[str]) -> list[Part]:
    if found.re is INTO and found["next"].islower():
        return [Span(*found.span())]
    before, after = found.string[: found.start()], found.string[found.end() :]
    between = says_something(before) and says_something(after) and before[-1] not in ",.;:!?"
    return [", " if between else " "]


def _address(rest: str) -> str:
    """Return how an address is spoken: the host, then the words of the path."""
    host, *folders = re.split("[?#]", rest)[0].split("/")
    words = [re.split(r"[-_+~=&,;:()\s]+", unquote(folder)) for folder in folders]
    kept = [" ".join(w for w in part if w and not NUMBERED.fullmatch(w)) for part in words]
    return ", ".join([host.split("@")[-1].replace(":", " "), *filter(None, kept)])


def _one_space(found: re.Match[str]) -> list[Part]:
    inside = found.start() > 0 and found.end() < len(found.string)
    return [Span(found.start(), found.start() + 1)] if inside else []
