"""The code in the documentation: it compiles, loads, and parses as a reader would use it."""

from __future__ import annotations

import ast
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from forge import cli
from forge.adapters.contract import Adapter
from forge.adapters.loading import load_adapter
from forge.errors import TutorialError, UsageError
from forge.model.settings import Settings, Voice
from forge.project.discovery import discover
from forge.project.lint import lint
from forge.project.settings_sources import load_settings
from tests.support.pages import Snippet, snippets
from tests.support.project import ROOT, Project

PYTHON = snippets("python")
TUTORIALS = [s for s in PYTHON if "@tour." in s.text]
ADAPTERS = [s for s in PYTHON if "(Adapter)" in s.text]
PRELUDE = 'from forge import By, Tutorial\n\ntour = Tutorial("Of a page")\n\n\n'
SILENT_STEP = '\n\n@tour.step("")\ndef of_a_page(browser): ...\n'


def of(found: list[Snippet]) -> pytest.MarkDecorator:
    """Run a test once for each snippet, named by its page and line."""
    assert found
    return pytest.mark.parametrize("snippet", found, ids=str)


@of(PYTHON)
def test_python_compiles(snippet: Snippet) -> None:
    ast.parse(snippet.text, str(snippet))


@of(TUTORIALS)
def test_tutorial_loads_without_advice(snippet: Snippet, project: Project) -> None:
    whole = "tour = Tutorial(" in snippet.text
    text = snippet.text if whole else PRELUDE + snippet.text
    project.write("tutorials/of_a_page.py", text if "@tour.step" in text else text + SILENT_STEP)
    (found,) = discover(["tutorials/of_a_page.py"], project.folder)
    assert lint(found.tutorial, Settings()) == []


@of(ADAPTERS)
def test_adapter_loads(snippet: Snippet, project: Project) -> None:
    (name,) = re.findall(r"^class (\w+)\(Adapter\)", snippet.text, re.MULTILINE)
    project.write("adapters/of_a_page.py", snippet.text)
    found = load_adapter(f"adapters/of_a_page.py:{name}", project.folder)
    assert found.setup is not Adapter.setup


def test_engine_of_the_page_keeps_the_protocol() -> None:
    (snippet,) = (s for s in PYTHON if "class AcmeEngine" in s.text)
    scope: dict[str, Any] = {}
    exec(compile(snippet.text, str(snippet), "exec"), scope)
    engine = scope["AcmeEngine"](Voice(), Path())
    assert engine.check({None}) == []
    assert engine.voice(None).key == "acme-1/anna/175"


@of(snippets("toml"))
def test_toml_is_a_project_file(snippet: Snippet, tmp_path: Path) -> None:
    table = tomllib.loads(snippet.text)
    if "project" in table:
        assert "forge.voices" in table["project"]["entry-points"]
        return
    (tmp_path / "forge.toml").write_text(snippet.text, encoding="utf-8")
    assert load_settings(tmp_path).project_dir == tmp_path


@of(snippets("json"))
def test_side_file_translates_its_tutorial(snippet: Snippet, project: Project) -> None:
    project.write(
        "tutorials/getting_started.py",
        """
        from forge import Tutorial

        tour = Tutorial("First steps", objectives=["Create it"], summary="Created.")


        @tour.step("Welcome.")
        def welcome(browser): ...


        @tour.step("Here it is.")
        def open_form(browser): ...
        """,
    )
    project.write("tutorials/getting_started.es.json", snippet.text)
    (found,) = discover(["tutorials/getting_started.py"], project.folder)
    _, texts = found.words("es", "en")
    assert [text.key for text in texts if text.is_missing] == []


def commands(snippet: Snippet) -> Iterator[list[str]]:
    """Yield the words of each command of a block: without its comment, prompt and variables."""
    for line in snippet.text.splitlines():
        for part in line.partition(" #")[0].removeprefix("$ ").split(" && "):
            part = part.partition(" > ")[0]
            words = shlex.split(part) if part[:1] not in ("#", "") else []
            while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
                del words[0]
            yield words


SHELL = [
    pytest.param(words, id=f"{snippet} {' '.join(words)}")
    for snippet in snippets("sh") + [s for s in snippets("") if s.text.startswith("$ ")]
    for words in commands(snippet)
    if words and words[0] in ("forge", "make", "pytest", "python")
]


@pytest.mark.parametrize("words", SHELL)
def test_command_can_be_run(words: list[str]) -> None:
    if words[0] == "forge":
        cli.parser().parse_args(words[1:])
    elif words[0] == "make":
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
        assert set(words[1:]) <= targets
    else:
        files = [w for w in words[1:] if w.startswith(("tests", "benchmarks"))]
        assert all((ROOT / file).exists() for file in files)


def test_a_wrong_option_is_found() -> None:
    with pytest.raises(UsageError):
        cli.parser().parse_args(["render", "--no-such-option"])


def test_a_wrong_step_option_is_found(project: Project) -> None:
    project.write("tutorials/wrong.py", PRELUDE + '@tour.step("", wait=1)\ndef f(browser): ...\n')
    with pytest.raises(TutorialError, match="unknown option"):
        discover(["tutorials/wrong.py"], project.folder)
