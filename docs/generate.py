"""Generate the parts of the site that the code knows best: settings, commands, rooms, voices.

A hook of MkDocs (`mkdocs.yml`): a line `<!-- generate: NAME -->` in a page is replaced by
the result of `PARTS[NAME]`.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from pydantic import BaseModel

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # MkDocs loads this file by its path, and takes the change back

from docs.voice_samples import rows as sample_rows  # noqa: E402
from docs.voice_samples import sounds  # noqa: E402
from forge import cli  # noqa: E402
from forge.model.section import section_of  # noqa: E402
from forge.model.settings import Settings  # noqa: E402
from tests.unit.test_imports import ARROWS, FILES, MODEL  # noqa: E402

PLACE = re.compile(r"^<!-- generate: (\w+) -->$", re.MULTILINE)


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the samples of the voices to the site; MkDocs calls this once."""
    for sample, sound in sounds().items():
        files.append(File.generated(config, sample.path, content=sound))
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Replace the marks of one page; MkDocs calls this for every page."""
    return PLACE.sub(lambda found: PARTS[found[1]](), markdown)


def on_post_page(output: str, *, page: Page, **_: object) -> str:
    """Refuse a page that would load something from the network.

    Raises:
        PluginError: which page loads what.
    """
    if found := re.search(
        r'(?:src=|<link rel="(?:stylesheet|icon)" href=)"?https?://[^">]+', output
    ):
        raise PluginError(f"{page.file.src_uri} loads from the network: {found[0]}")
    return output


def table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    """Return a Markdown table. In code, a `|` does not end a cell; elsewhere there must be none."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows))


# Settings


def field_texts(model: type[BaseModel]) -> dict[str, str]:
    """Return the text under each field of `model`, which Python itself does not keep."""
    (body,) = ast.parse(inspect.getsource(model)).body
    assert isinstance(body, ast.ClassDef)
    found = {}
    for field, below in zip(body.body, body.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
        ):
            found[field.target.id] = " ".join(str(below.value.value).split())
    return found


def sections() -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield every section of the settings: the name of its table (`""` at the top), its class."""
    yield "", Settings
    yield from inner_sections(Settings, "")


def inner_sections(model: type[BaseModel], above: str) -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield the sections in `model`, whose name with a dot is `above`, each before those in it."""
    for name, field in model.model_fields.items():
        if section := section_of(field.annotation):
            yield above + name, section
            yield from inner_sections(section, f"{above}{name}.")


def setting_rows(name: str, model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    """Yield key with variable, type, default, unit and meaning of each setting of one section."""
    texts = field_texts(model)
    schema = model.model_json_schema()
    for key, field in model.model_fields.items():
        if key not in texts or key == "project_dir":
            continue  # a section, which has a table of its own
        unit, text = re.fullmatch(r"(?:\[([^]]+)\] )?(.*)", texts[key]).groups("")  # type: ignore[union-attr]
        variable = "FORGE_" + "__".join([*name.split("."), key] if name else [key]).upper()
        yield (
            f"`{key}`<br>`{variable}`",
            kind(schema["properties"][key]),
            default(field.default),
            unit,
            text,
        )


def kind(schema: dict[str, Any]) -> str:
    """Return the type and the range of a setting in words, from its JSON schema."""
    if "anyOf" in schema:
        return kind(next(s for s in schema["anyOf"] if s.get("type") != "null"))
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return "list of numbers" if "prefixItems" in schema else "list of texts"
    names = {"string": "text", "object": "table", "boolean": "true or false"}
    word = {"path": "path", "date-time": "date"}.get(schema.get("format", ""), "")
    word = word or names.get(schema["type"], schema["type"])
    low, high = (
        schema.get(f"{end}imum", schema.get(f"exclusive{end.title()}imum"))
        for end in ("min", "max")
    )
    if low is not None and high is not None:
        return f"{word}, {low} … {high}"
    if low is not None:
        return f"{word}, {'over' if 'exclusiveMinimum' in schema else 'at least'} {low}"
    return word


def default(value: object) -> str:
    """Return a default as it would be written in TOML; a dash where there is none."""
    if value is None or value in ((), {}):
        return "–"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`[{', '.join(default(v).strip('`') for v in value)}]`"
    return f"`{value}`" if isinstance(value, int | float) else f'`"{value}"`'


def settings_tables() -> str:
    """Return one table for each section of `forge.toml`."""
    head = ("key, variable", "type", "default", "unit", "meaning")
    parts = []
    for name, model in sections():
        title = f"`[{name}]`" if name else "At the top level"
        about = " ".join((model.__doc__ or "").partition(": ")[2].split()) if name else ""
        about = about[:1].upper() + about[1:]
        rows = setting_rows(name, model)
        parts.append(f"## {title}\n\n{about}\n\n{table(head, rows)}\n")
    return "\n".join(parts)


# Commands


def commands() -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    """Yield name, summary and parser of each command of the command line."""
    parser = cli.parser()
    (sub,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    summaries = {choice.dest: choice.help or "" for choice in sub._choices_actions}
    for name, command in sub.choices.items():
        yield name, summaries.get(name, ""), command


def option_rows(parser: argparse.ArgumentParser) -> Iterator[tuple[str, ...]]:
    """Yield spelling and meaning of each argument of one command, as `--help` shows them."""
    for action in parser._actions:
        if isinstance(action, argparse._HelpAction):
            continue
        value = action.metavar or ("|".join(action.choices) if action.choices else "")
        if not value and action.nargs != 0:
            value = action.dest.upper()
        value = f"[{value} …]" if action.nargs == "*" and action.option_strings else value
        spelling = ", ".join(action.option_strings)
        spelling = f"{spelling} {value}".strip() if spelling else str(value)
        yield f"`{spelling}`", action.help or ""


def command_pages() -> str:
    """Return a section for each command: summary, usage, table of its arguments."""
    parts = []
    for name, summary, parser in commands():
        parser.prog = f"forge {name}"
        text = (parser.description or summary).strip()
        parts.append(
            f"## `forge {name}` {{ #{name} }}\n\n{text[:1].upper()}{text[1:].rstrip('.')}.\n"
        )
        parts.append(table(("argument", "meaning"), option_rows(parser)) + "\n")
    return "\n".join(parts)


# Rooms


def arrows() -> str:
    """Return the rooms and what each may import, from the test that holds the code to it."""
    short = {frozenset(FILES): "**store**, **model**", frozenset(MODEL): "**model**"}

    def row(room: str, allowed: set[str]) -> tuple[str, ...]:
        names = []
        for group, word in short.items():
            if group <= allowed:
                allowed = allowed - group
                names.append(word)
                break
        names += [f"`{name}`" for name in sorted(allowed)]
        return (f"`{room or 'forge'}`", ", ".join(names) or "nothing")

    return table(("room", "may import"), (row(room, set(to)) for room, to in ARROWS.items()))


def modules() -> str:
    """Return every module by room, with the first sentence of its docstring."""
    parts = []
    folders = [f for top in ("forge", "workers", "adapters") for f in folders_of(ROOT / top)]
    for folder in folders:
        rows = [
            (f"`{path.name}`", summary(path))
            for path in sorted(folder.glob("*.py"))
            if path.name != "__init__.py"
        ]
        if rows:
            name = folder.relative_to(ROOT).as_posix()
            about = summary(folder / "__init__.py")
            parts.append(f"### `{name}`\n\n{about}\n\n{table(('module', ''), iter(rows))}\n")
    return "\n".join(parts)


def folders_of(top: Path) -> Iterator[Path]:
    """Yield `top` and the packages in it, in order; links are not followed."""
    yield top
    for folder in sorted(top.iterdir()):
        if (folder / "__init__.py").exists() and not folder.is_symlink():
            yield from folders_of(folder)


def summary(path: Path) -> str:
    """Return the first paragraph of a module's docstring on one line."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(text.partition("\n\n")[0].split())


def voices() -> str:
    """Return the table of default voices, with a sample of each."""
    return table(("language", "engine", "voice", "sample"), sample_rows())


PARTS: dict[str, Callable[[], str]] = {
    "settings": settings_tables,
    "commands": command_pages,
    "arrows": arrows,
    "modules": modules,
    "voices": voices,
}
