"""A text that is changed step by step, and where each of its characters comes from."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from forge.text.segments import Span

#: A part of the text that stays (a place in the text that is searched), or a text in its place.
Part = Span | str


@dataclass(frozen=True)
class Mapped:
    """A changed text. `places`: for each character, the part of the original that it stands for."""

    text: str
    places: tuple[Span, ...]

    @classmethod
    def of(cls, text: str) -> Mapped:
        """Return `text` unchanged: each character stands for itself."""
        return cls(text, tuple(Span(at, at + 1) for at in range(len(text))))

    def sub(
        self, pattern: re.Pattern[str], make: Callable[[re.Match[str]], Iterable[Part]]
    ) -> Mapped:
        """Replace each match of `pattern` with the parts that `make` returns for it.

        A new text stands for the whole match.
        """
        text, places = "", list[Span]()
        done = 0
        for found in pattern.finditer(self.text):
            for part in (Span(done, found.start()), *make(found)):
                if isinstance(part, Span):
                    text += self.text[part.at : part.end]
                    places += self.places[part.at : part.end]
                else:
                    text += part
                    places += [self.place(*found.span())] * len(part)
            done = found.end()
        return Mapped(text + self.text[done:], (*places, *self.places[done:]))

    def with_part(self, part: Span, text: str) -> Mapped:
        """Put `text` in the place of what is left of a part of the original."""
        begin = bisect_left(self.places, part.at, key=lambda place: place.at)
        end = bisect_left(self.places, part.end, key=lambda place: place.at)
        return Mapped(
            self.text[:begin] + text + self.text[end:],
            (*self.places[:begin], *[part] * len(text), *self.places[end:]),
        )

    def without(self, pattern: re.Pattern[str]) -> Mapped:
        """Leave out each match of `pattern`."""
        return self.sub(pattern, lambda found: ())

    def expanded(self, texts: dict[str, str]) -> Mapped:
        """Replace single characters with the texts that they stand for."""
        pairs = [
            (texts.get(sign, sign), place)
            for sign, place in zip(self.text, self.places, strict=True)
        ]
        text = "".join(new for new, _ in pairs)
        return Mapped(text, tuple(place for new, place in pairs for _ in new))

    def place(self, at: int, end: int) -> Span:
        """Return the part of the original that the text from `at` to `end` stands for."""
        inside = self.places[at:end]
        if not inside:
            after = self.places[at - 1].end if at else 0
            return Span(after, after)
        return Span(min(place.at for place in inside), max(place.end for place in inside))


def group(found: re.Match[str], name: str | int) -> Span:
    """Return the part of the text that a group of a match covers."""
    return Span(*found.span(name))
