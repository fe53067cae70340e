"""Limits that keep the code readable: a file, a class, a function, a list of parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.support.project import ROOT

FILE_LINES, CLASS_LINES, FUNCTION_LINES, ATTRIBUTES, PARAMETERS = 400, 250, 60, 12, 6
RECORDS = ("Record", "BaseModel", "Section", "NamedTuple")
#: Names that are over a limit, and why.
EXCEPTIONS = {
    "forge/commands/api.py render": "the public function: keywords, each documented",
    "forge/tutorial.py step": "the public decorator: keywords, which editors complete",
    "forge/tutorial.py Step": "a record of what the decorator was given",
    "workers/entry.py global": "`ProcessPoolExecutor` gives its initializer no other place",
}


def over_limits(text: str) -> Iterator[tuple[str, str]]:
    """What is over a limit in `text`: its name, and by what."""
    if (lines := len(text.splitlines())) > FILE_LINES:
        yield "", f"{lines} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Global):
            yield "global", f"{', '.join(node.names)} changes at run time"
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _of_function(node)
        elif isinstance(node, ast.ClassDef):
            yield from _of_class(node)


def _of_function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, str]]:
    if (lines := _lines(node)) > FUNCTION_LINES:
        yield node.name, f"{lines} lines"
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    names = [argument.arg for argument in arguments if argument.arg not in ("self", "cls")]
    if len(names) > PARAMETERS:
        yield node.name, f"{len(names)} parameters"


def _of_class(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    if (lines := _lines(node)) > CLASS_LINES:
        yield node.name, f"{lines} lines"
    if any(ast.unparse(base).endswith(RECORDS) for base in node.bases):
        return
    names = {item.target.id for item in node.body if _is_field(item)}  # type: ignore[attr-defined]
    for inner in ast.walk(node):
        targets = inner.targets if isinstance(inner, ast.Assign) else []
        targets = [inner.target] if isinstance(inner, ast.AnnAssign) else targets
        flat = [
            part for one in targets for part in (one.elts if isinstance(one, ast.Tuple) else [one])
        ]
        names |= {
            part.attr
            for part in flat
            if isinstance(part, ast.Attribute) and ast.unparse(part.value) == "self"
        }
    if len(names) > ATTRIBUTES:
        yield node.name, f"{len(names)} attributes"


def _is_field(item: ast.stmt) -> bool:
    return isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_nothing_is_over_a_limit() -> None:
    found = {
        f"{path.relative_to(ROOT)} {name}".strip(): by
        for folder in ("forge", "workers", "adapters")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for name, by in over_limits(path.read_text(encoding="utf-8"))
    }
    assert {name: by for name, by in found.items() if name not in EXCEPTIONS} == {}
    assert set(EXCEPTIONS) <= set(found)


@pytest.mark.parametrize(
    "text",
    [
        "\n" * (FILE_LINES + 1),
        "def f(a, b, c, d, e, f, g): ...",
        "def f():\n" + "    pass\n" * FUNCTION_LINES,
        "class A:\n" + "    pass\n" * CLASS_LINES,
        "class A:\n    def f(self):\n" + "".join(f"        self.a{n} = 1\n" for n in range(13)),
        "def f():\n    global x",
    ],
)
def test_too_large_is_found(text: str) -> None:
    assert len(list(over_limits(text))) == 1
