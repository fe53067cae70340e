"""HTML that nothing breaks out of."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from forge.report.html.tags import html, tag

WILD = [
    "<script>alert(1)</script>",
    "</title></style></script><img src=x onerror=alert(1)>",
    "\"' onload='x' \"",
    "&amp; &lt;b&gt; &#60;",
    "half \ud800 and \udfff, null \x00, escape \x1b[31m, \ufffe",
    "]]> --> <!-- <![CDATA[",
    "日本 𝄞 עברית",
]


class Reader(HTMLParser):
    """What a browser would make of it: tags with their attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, name: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((name, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def cleaned(text: str) -> str:
    return "".join("�" if c in "\ud800\udfff\x00\x1b\ufffe" else c for c in text)


@pytest.mark.parametrize("wild", WILD)
def test_text_comes_out_as_text_wherever_it_stood(wild: str) -> None:
    made = html(tag("p", wild, tag("b", wild), wild, title=wild))
    made.encode("utf-8")
    read = Reader(made.removeprefix("<!doctype html>\n").rstrip("\n"))
    assert read.tags == [("p", {"title": cleaned(wild)}), ("b", {})]
    assert read.text == cleaned(wild) * 3


def test_attributes_are_named_and_left_out_as_python_can_say() -> None:
    made = html(tag("input", class_="a", data_lang="", hidden=True, checked=False, id=None, max=0))
    assert Reader(made).tags == [
        ("input", {"class": "a", "data-lang": "", "hidden": "", "max": "0"})
    ]
