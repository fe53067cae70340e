"""Prose: words that make a sentence hard to read are found in docstrings, comments and pages."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.project import ROOT

#: Words and phrases that hide who does what; CONTRIBUTING.md says what to write instead.
BANNED = re.compile(
    r"\b(?:who(?:m)?ever|whichever|nobody|somebody|anybody|so many|how manieth|for ever"
    r"|as good as|is no (?:matter|business) of|comes? to the same|next to nothing|knows? nothing of"
    r"|has its turn|gets? its turn|what (?:is|are|was) [\w ]{1,40} (?:is|are|was)\b)\b",
    re.IGNORECASE,
)
#: Folders and files that are still to be reread.
LATER: tuple[str, ...] = (
    "adapters/demo/server.py",  # stays: videos of the demo app would count as stale
)


def lint_prose(text: str) -> list[str]:
    """Every banned word of `text`, in order."""
    return [found.group() for found in BANNED.finditer(" ".join(text.split()))]


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """The sentences of a file with their lines: docstrings and comments, or the whole page."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield from enumerate(text.split("\n\n"), 1)
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield getattr(node, "lineno", 1), ast.get_docstring(node) or ""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def pages() -> list[Path]:
    """The files that are held to it. Decisions and the changelog tell of the past."""
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    found += [p for p in (ROOT / "docs").rglob("*.md") if p.parent.name != "decisions"]
    for folder in ("forge", "workers", "adapters", "tests", "benchmarks", "docs"):
        found += (ROOT / folder).rglob("*.py")
    return [path for path in found if path != Path(__file__) and not _later(path)]


def _later(path: Path) -> bool:
    name = path.relative_to(ROOT).as_posix()
    return any(name == later or name.startswith(f"{later}/") for later in LATER)


def test_sentences_are_plain() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {', '.join(words)}"
        for path in sorted(pages())
        for line, text in prose(path)
        if (words := lint_prose(text))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text", ["Whoever asks gets it.", "There are so many\nof them.", "what is left of it is gone"]
)
def test_a_banned_word_is_found(text: str) -> None:
    assert len(lint_prose(text)) == 1


def test_a_plain_sentence_passes() -> None:
    assert lint_prose("Return the idle time, in seconds, after one more look.") == []
