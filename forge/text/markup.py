"""Markup in sentences: its signs are left out, its words stay."""

from __future__ import annotations

import re

from forge.text.mapped import Mapped, group
from forge.text.segments import Span

LINK = re.compile(r"!?\[(?P<kept>[^\[\]]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)")
CODE = re.compile(r"(?P<sign>`+)(?P<kept>.+?)(?P=sign)")
#: A sign of emphasis touches the first and the last word; a sign of multiplication does not.
STARS = re.compile(
    r"(?<![A-Za-z0-9*])(?P<sign>\*{1,3})(?=[^\s*])(?P<kept>.+?)(?<=[^\s*])(?P=sign)(?![A-Za-z0-9*])"
)
LINES = re.compile(r"(?<!\w)(?P<sign>_{1,3}|~~)(?=[^\s_~])(?P<kept>.+?)(?<=[^\s_~])(?P=sign)(?!\w)")
#: Of a heading, a quotation, or the first entry of a list.
BEGINNING = re.compile(r"\A(?:#{1,6}\s+(?=\D)|(?:[-+>–•]\s+)+)")
LIST = re.compile(r"\A\*\s+(?=[^\s*])")
ENTRY = re.compile(r"\s+\*(?=\s)")
STAR = re.compile(r"(?<!\S)\*+(?!\S)")
BRACKETS = re.compile(r"\[\[|\]\]")  # around phonemes, for some engines
COMMENT = re.compile(r"<!.*?>|<\?.*?>")
TAG = re.compile(
    r"<(?P<end>/?)(?P<name>[A-Za-z][\w:.-]*)\s*/?>"
    r"|(?<!\w)<(?P<with_values>[A-Za-z][\w:.-]*)"
    r"(?:\s+[\w:-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?)+\s*/?>"
)
NESTED = 3  # levels of emphasis


def without_links(text: Mapped) -> Mapped:
    """Leave the text of each link of Markdown, without its address."""
    return text.sub(LINK, lambda found: [group(found, "kept")])


def without_markup(text: Mapped) -> Mapped:
    """Leave out the signs of Markdown and of tags.

    Tags in pairs are left out. The name of a single one stays: `<ul>` may be what is talked about.
    Its attributes are left out, so that no engine takes it for an instruction.
    """
    for pattern in (CODE, *[STARS, LINES] * NESTED):
        text = text.sub(pattern, lambda found: [group(found, "kept")])
    text = _without_tags(text).sub(BRACKETS, lambda found: [" "]).without(BEGINNING)
    if LIST.match(text.text):
        return text.without(LIST).sub(ENTRY, lambda found: [","])
    return text.sub(STAR, lambda found: [Span(*found.span())] if _multiplies(found) else [])


def _without_tags(text: Mapped) -> Mapped:
    text = text.without(COMMENT)
    ends = {found["name"] for found in TAG.finditer(text.text) if found["end"]}
    begins = {
        found["name"] or found["with_values"]
        for found in TAG.finditer(text.text)
        if not found["end"]
    }

    def named(found: re.Match[str]) -> list[Span | str]:
        name = "name" if found["name"] else "with_values"
        if found[name] in ends & begins:
            return []
        beside = (found.string[: found.start()][-1:], found.string[found.end() :][:1])
        before, after = (" " if sign.isalnum() else "" for sign in beside)
        return [before, group(found, name), after]

    return text.sub(TAG, named)


def _multiplies(star: re.Match[str]) -> bool:
    before, after = star.string[: star.start()].rstrip(), star.string[star.end() :].lstrip()
    return before[-1:].isalnum() and after[:1].isalnum()
