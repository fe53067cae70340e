"""Rules that the tests themselves keep."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.project import ROOT

TESTS = sorted((ROOT / "tests").rglob("*.py"))


def imported_tests(text: str) -> Iterator[str]:
    """Yield the test modules that the Python source `text` imports from."""
    for node in ast.walk(ast.parse(text)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            if name.startswith("tests.") and ".test_" in name:
                yield name


@pytest.mark.parametrize(
    "text",
    [
        "from tests.unit.report.test_progress import job",
        "from tests.unit.report import test_progress",
        "import tests.unit.report.test_progress",
    ],
)
def test_an_import_of_a_test_is_found(text: str) -> None:
    assert len(list(imported_tests(text))) == 1


def test_no_test_imports_another() -> None:
    assert len(TESTS) > 100
    found = {_name(path): list(imported_tests(path.read_text())) for path in TESTS}
    assert {name: imports for name, imports in found.items() if imports} == {}


def test_make_runs_every_test_that_wants_the_machine_to_itself() -> None:
    makefile = (ROOT / "Makefile").read_text()
    (folders,) = re.findall(r"^ALONE := (.+)$", makefile, re.MULTILINE)
    assert makefile.count("-m alone $(ALONE)") == 2, "in `test` and in `coverage`"
    marked = [_name(path) for path in TESTS if "pytest.mark." + "alone" in path.read_text()]
    assert len(marked) >= 4
    assert [name for name in marked if not name.startswith(tuple(folders.split()))] == []


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
