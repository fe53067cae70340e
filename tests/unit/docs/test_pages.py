"""What the pages name exists: files, links, messages, settings and commands."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from docs.generate import (
    arrows,
    commands,
    field_texts,
    modules,
    option_rows,
    sections,
    settings_tables,
)
from forge.model.settings import Settings
from tests.support.pages import pages
from tests.support.project import ROOT

TOP = ("forge", "workers", "adapters/demo", "tests", "benchmarks", "docs", "examples", ".ci")
#: In backticks: a path in the checkout, or the bare name of a module.
_PATH = re.compile(rf"`((?:{'|'.join(map(re.escape, TOP))})/[\w./-]*|[\w./-]+\.(?:py|js))`")
_LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#]+)")
#: Files of a reader's project, in the pages' examples.
OF_A_READER = re.compile(
    r"tutorials/|adapters/shop\.py|getting_started\.py|speaker\.py|.*_prices\.py|t\d\.py|"
    r"pages/start\.py|helpers\.py|examples/lumen/dist"
)


def named_paths() -> list[tuple[str, str]]:
    return [
        (page.relative_to(ROOT).as_posix(), name)
        for page in pages()
        for name in _PATH.findall(page.read_text(encoding="utf-8"))
        if not OF_A_READER.match(name) and "node_modules" not in name
    ]


@cache
def file_names() -> set[str]:
    """The paths of all Python files and scripts, and every end of them: `page.py`, `hand/x.py`."""
    ends: set[str] = set()
    for top in ("forge", "workers", "adapters", "tests", "benchmarks", "docs"):
        for path in (ROOT / top).rglob("*"):
            if path.suffix in (".py", ".js"):
                parts = path.relative_to(ROOT).parts
                ends |= {"/".join(parts[at:]) for at in range(len(parts))}
    return ends


def test_every_path_in_the_pages_exists() -> None:
    found = named_paths()
    assert len(found) > 100
    missing = [
        f"{page}: {name}"
        for page, name in found
        if name not in file_names() and not (ROOT / name).exists()
    ]
    assert not missing, "\n".join(missing)


def test_every_link_beside_the_site_leads_to_a_file() -> None:
    """MkDocs looks at links within the site; these pages lie outside, or lead there."""
    missing = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in pages()
        for link in _LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]
    assert not missing, "\n".join(missing)


@cache
def texts_of_the_code() -> str:
    """Every string in forge's sources, with `…` for each value that is put into it."""
    found: list[str] = []
    for top in ("forge", "workers", "adapters"):
        for path in (ROOT / top).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    parts = (v.value if isinstance(v, ast.Constant) else "…" for v in node.values)
                    found.append("".join(map(str, parts)))
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.append(node.value)
    return "\n".join(found)


def messages() -> list[str]:
    """The messages in the tables of docs/troubleshooting.md, in pieces without values."""
    text = (ROOT / "docs/troubleshooting.md").read_text(encoding="utf-8")
    cells = re.findall(r"^\| (`[^|]+?|\"[^|]+?) \|", text, re.MULTILINE)
    quoted = [quote for cell in cells for quote in re.findall(r"[`\"]([^`\"]+)[`\"]", cell)]
    pieces = [piece.strip(" :()") for quote in quoted for piece in quote.split("…")]
    return [piece for piece in pieces if len(piece) > 5 and not piece.startswith("net::")]


@pytest.mark.parametrize("message", messages())
def test_troubleshooting_quotes_messages_of_the_code(message: str) -> None:
    assert message in texts_of_the_code(), "docs/troubleshooting.md quotes what no message says"


def test_every_setting_is_documented() -> None:
    table = settings_tables()
    for name, model in sections():
        for key in field_texts(model).keys() - {"project_dir"}:
            assert f"| `{key}`<br>" in table
        inner = {name.rpartition(".")[2] for name in dict(sections())}
        missing = set(model.model_fields) - set(field_texts(model)) - inner
        assert not missing, f"no text under {name or Settings.__name__}: {', '.join(missing)}"


def test_a_setting_has_type_default_variable_and_unit() -> None:
    row = next(r for r in settings_tables().splitlines() if r.startswith("| `music_db`"))
    key, kind, default, unit, _ = row.split(" | ")
    assert key == "| `music_db`<br>`FORGE_SOUND__MUSIC_DB`"
    assert (kind, default, unit) == ("number, -60 … 0", "`-14.0`", "dB")


def test_generated_tables_have_every_command_room_and_module() -> None:
    assert {"render", "verify", "doctor", "init"} <= {name for name, *_ in commands()}
    assert "| `workers.composing.text` | **model** |" in arrows()
    assert "### `workers/composing/text`" in modules()
    assert "| `wrapping.py` |" in modules()


def test_every_argument_of_a_command_has_a_meaning() -> None:
    rows = [(name, *row) for name, _, parser in commands() for row in option_rows(parser)]
    assert len(rows) > 50
    assert [row for row in rows if not row[2]] == []


def test_each_mark_in_a_page_has_a_generator() -> None:
    from docs.generate import PARTS, PLACE

    marks = {m for p in pages() for m in PLACE.findall(Path(p).read_text(encoding="utf-8"))}
    assert marks == set(PARTS)
