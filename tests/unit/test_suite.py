"""Rules that the tests themselves keep."""

from __future__ import annotations

import ast
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


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
