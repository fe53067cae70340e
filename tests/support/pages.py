"""The pages of the documentation, and the code in them."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

from tests.support.project import ROOT

_BLOCK = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^ *```$", re.M | re.S)


@dataclass(frozen=True)
class Snippet:
    """A fenced block of code; `line` is that of its fence, counted from 1."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    """Return every page: the site's, and those beside the sources."""
    beside = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "examples/lumen/README.md"]
    return [*beside, *sorted((ROOT / "docs").rglob("*.md"))]


def snippets(language: str) -> list[Snippet]:
    """Return the blocks of one language in all pages; `""` stands for blocks without one."""
    return [
        Snippet(
            page, text.count("\n", 0, found.start()) + 1, language, textwrap.dedent(found["text"])
        )
        for page in pages()
        for text in [page.read_text(encoding="utf-8")]
        for found in _BLOCK.finditer(text)
        if found["language"] == language
    ]
