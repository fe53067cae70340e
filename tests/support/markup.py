"""Text that could break out of HTML, and a reader that shows if it did."""

from __future__ import annotations

from html.parser import HTMLParser

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
    """Parses a document as a browser would: its tags with their attributes, and its text."""

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
