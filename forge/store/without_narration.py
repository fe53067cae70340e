"""The code of a tutorial's module without what its recording does not depend on.

That is what is said and shown around the recording: the sentences of steps, titles, summaries. Only
declarations of forge's own are taken for such: a page object may have a method `step`, too, and its
arguments decide what is recorded.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

TUTORIAL = ("forge.Tutorial", "forge.tutorial.Tutorial")

#: What a name is bound to: a value, a parameter, or the dotted name of an import; None: others.
Bound = ast.expr | ast.arg | str | None


def without_narration(tree: ast.Module) -> ast.Module:
    """Return `tree`, which is changed, without narration, titles and summaries."""
    _WithoutNarration(_Names(tree)).visit(tree)
    return tree


class _WithoutNarration(ast.NodeTransformer):
    def __init__(self, names: _Names) -> None:
        self._names = names

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        steps = [made for made in node.decorator_list if self._names.decorates_a_step(made)]
        if steps and ast.get_docstring(node):
            node.body = node.body[1:] or [ast.Pass()]
        self.generic_visit(node)
        for made in steps:
            if isinstance(made, ast.Call):
                _drop_constants(made)
        return node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        if self._names.is_step(node.func):
            _drop_constants(node)
        if self._names.is_tutorial_class(node.func):
            _drop_constants(node)
            node.keywords = []
        return node


def _drop_constants(node: ast.Call) -> None:
    node.args = [arg for arg in node.args if not isinstance(arg, ast.Constant)]


class _Names:
    """What the names of a module mean. A name counts as one thing if it is that everywhere."""

    def __init__(self, tree: ast.Module) -> None:
        self._bound: dict[str, list[Bound]] = defaultdict(list)
        for name, value in _bindings(tree):
            self._bound[name].append(value)

    def is_tutorial_class(self, node: ast.expr) -> bool:
        """Return True if `node` is forge's class `Tutorial`."""
        return self._dotted(node) in TUTORIAL

    def is_step(self, node: ast.expr) -> bool:
        """Return True if `node` is certainly the method `step` of a tutorial."""
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr="step"):
                return self._is_bound(name) and all(map(self._is_tutorial, self._bound[name]))
            case ast.Name(id=name):  # step = tour.step
                return self._is_bound(name) and all(
                    isinstance(value, ast.Attribute) and self.is_step(value)
                    for value in self._bound[name]
                )
        return False

    def decorates_a_step(self, node: ast.expr) -> bool:
        """Return True if the decorator `node` declares a step.

        A function that adds steps to a tutorial has it as a parameter, of any name.
        """
        target = node.func if isinstance(node, ast.Call) else node
        match target:
            case ast.Attribute(value=ast.Name(id=name), attr="step"):
                values = self._bound.get(name, ())
                return any(isinstance(v, ast.arg) or self._is_tutorial(v) for v in values)
        return self.is_step(target)

    def _is_bound(self, name: str) -> bool:
        """Return True if the module binds `name` at all."""
        return bool(self._bound.get(name))

    def _is_tutorial(self, value: Bound) -> bool:
        return isinstance(value, ast.Call) and self.is_tutorial_class(value.func)

    def _dotted(self, node: ast.expr) -> str | None:
        """Return the full name of something that the module imports."""
        match node:
            case ast.Name(id=name):
                values = self._bound.get(name, [])
                only = values[0] if values else None
                same = isinstance(only, str) and all(value == only for value in values)
                return only if same and isinstance(only, str) else None
            case ast.Attribute(value=before, attr=attribute):
                found = self._dotted(before)
                return f"{found}.{attribute}" if found else None
        return None


def _bindings(tree: ast.Module) -> Iterator[tuple[str, Bound]]:
    """Yield each binding of a name, in any function or class of the module."""
    done: set[ast.expr] = set()  # names that an assignment has bound: it comes before them
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    for name, part in _assigned(target, value):
                        done.add(name)
                        yield name.id, part
            case ast.AnnAssign(target=ast.Name(id=name_) as target, value=value_):
                done.add(target)
                if value_:
                    yield name_, value_
            case ast.Name(id=name_, ctx=ast.Store() | ast.Del()) if node not in done:
                yield name_, None
            case ast.arg(arg=name_):
                yield name_, node
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name, None
            case ast.Import() | ast.ImportFrom():
                yield from _imported(node)
            case ast.ExceptHandler(name=str(name_)) | ast.MatchAs(name=str(name_)):
                yield name_, None
            case ast.MatchStar(name=str(name_)) | ast.MatchMapping(rest=str(name_)):
                yield name_, None


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.Name, ast.expr]]:
    """Yield the names that an assignment binds to an expression that can be told."""
    match target, value:
        case ast.Name(), _:
            yield target, value
        case ast.Tuple(elts=names), ast.Tuple(elts=values) if len(names) == len(values):
            if not any(isinstance(part, ast.Starred) for part in (*names, *values)):
                for name, part in zip(names, values, strict=True):
                    yield from _assigned(name, part)


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Bound]]:
    """Yield the names that an import binds, with what they stand for."""
    for alias in node.names:
        if isinstance(node, ast.Import):
            top = alias.name.partition(".")[0]
            yield (alias.asname, alias.name) if alias.asname else (top, top)
            continue
        module = "." * node.level + (node.module or "")
        if alias.name != "*":
            yield alias.asname or alias.name, f"{module}.{alias.name}"
        elif f"{module}.Tutorial" in TUTORIAL:
            yield "Tutorial", f"{module}.Tutorial"
