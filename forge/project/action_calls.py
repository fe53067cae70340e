"""Count the actions in the code of a step, without running it.

Most steps only call methods of Selenium's, so that the code shows how often the hand can act. The
count is open where a step calls other functions or acts in a loop.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import sys
import textwrap
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import NamedTuple

from forge.errors import TutorialError
from forge.model.marks import action_marks
from forge.tutorial import Step

ACTING = """
    click send_keys clear submit get back forward refresh
    select_by_value select_by_index select_by_visible_text
    deselect_all deselect_by_value deselect_by_index deselect_by_visible_text
    accept dismiss
    click_and_hold context_click double_click drag_and_drop drag_and_drop_by_offset
    move_by_offset move_to_element move_to_element_with_offset send_keys_to_element
    scroll_by_amount scroll_from_origin scroll_to_element
"""
SCRIPTS = frozenset(["execute", "execute_script", "execute_async_script", "execute_cdp_cmd"])
WAITING = """
    find_element find_elements get_attribute get_dom_attribute get_property value_of_css_property
    is_displayed is_enabled is_selected get_cookie get_cookies until until_not perform pause release
"""
#: Functions of forge's that act in the page; the others make locators, or wait.
OWN_ACTIONS = frozenset(["type_into"])
#: Methods of Selenium's that act in the page. `release` ends an action that another one began.
ACTIONS = frozenset(ACTING.split())
#: Methods that only look or wait, run scripts, or are of Python's own types. The hand takes no part
#: in a script: a step that does nothing else is one action, from its beginning to its end.
QUIET = frozenset(WAITING.split()).union(SCRIPTS, *map(dir, (str, list, dict, set, tuple)))
#: Methods that lead the pointer to the place of the next action of the same chain.
LEADS = frozenset(["move_to_element", "move_to_element_with_offset", "move_by_offset"])
OF_CONTEXT = frozenset(["sleep", "on_teardown"])
LIBRARIES = frozenset(["selenium", *sys.stdlib_module_names])
LOOKING = frozenset(["forge.locators", "forge.waits"])
CONSTANTS = (str, bytes, int, float, tuple, list, dict, set, frozenset, type(None))
LOOPS = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
FUNCTIONS = (ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Count(NamedTuple):
    """The calls of actions in a step. `closed`: the step has no action besides them."""

    calls: int
    closed: bool


def count_actions(step: Step) -> Count:
    """Return how many actions the function of a step calls; 0 and open if it cannot be read."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(step.run))).body[0]
    except (OSError, TypeError, SyntaxError):
        return Count(0, closed=False)
    calls = sum(map(_calls, ast.iter_child_nodes(tree)))
    if not calls:  # a step that runs nothing but scripts is one action
        calls = int(any(_method(node) in SCRIPTS for node in ast.walk(tree)))
    runs_as_read = (
        isinstance(tree, ast.FunctionDef)
        and isinstance(step.run, FunctionType)
        and not hasattr(step.run, "__wrapped__")
        and all(map(_declares_a_step, tree.decorator_list))
        and _Code(step.run, tree).is_closed()
    )
    return Count(calls, runs_as_read)


def refuse_surplus_marks(step: Step) -> None:
    """Refuse a step that has more marks `{here}` than its function has actions.

    A step whose count is open is never refused.

    Raises:
        TutorialError: with file and line of the step.
    """
    marks = len(action_marks(step.marks))
    if not marks:
        return
    calls, closed = count_actions(step)
    actions = calls + (step.focus is not None)  # the hand moves to that element
    if closed and actions < marks:
        acts = ("does nothing", "acts once")[actions] if actions < 2 else f"acts {actions} times"
        raise TutorialError(
            f"{step.file}:{step.line}: step {step.id!r} has {_times(marks)} {{here}}, and its"
            f" function {acts}",
            hint=f"at each {{here}} one action begins: take out {marks - actions}"
            " (a script beside actions of the hand has none)",
        )


def _times(marks: int) -> str:
    return "one mark" if marks == 1 else f"{marks} marks"


def _declares_a_step(decorator: ast.expr) -> bool:
    """Return True for `@tour.step` and `@tour.step(…)`, which leave the function as it is."""
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(target, ast.Attribute) and target.attr == "step"


def _calls(node: ast.AST) -> int:
    """Return how many calls of actions are in `node`, without those in functions that it holds."""
    if isinstance(node, FUNCTIONS):
        return 0
    match node:
        case ast.Call(func=ast.Attribute(value=before)) if _method(before) in LEADS:
            own = False
        case _:
            own = _acts(node)
    return own + sum(map(_calls, ast.iter_child_nodes(node)))


def _acts(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name in OWN_ACTIONS
    return _method(node) in ACTIONS


def _method(node: ast.AST) -> str:
    """Return the name of the method that is called, or nothing."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name)):
            return name
    return ""


class _Code:
    """The code of a step's function, and the names that it can see."""

    def __init__(self, function: FunctionType, tree: ast.FunctionDef) -> None:
        self._nodes = [node for statement in tree.body for node in ast.walk(statement)]
        self._arguments = [argument.arg for argument in (*tree.args.posonlyargs, *tree.args.args)]
        self._local = {*self._arguments, *map(_bound, self._nodes)}
        closure = inspect.getclosurevars(function).nonlocals
        self._outer = {**vars(builtins), **function.__globals__, **closure}
        self._called = [node.func for node in self._nodes if isinstance(node, ast.Call)]

    def is_closed(self) -> bool:
        """Return True if it calls only Selenium and Python, and does not act in a loop."""
        return not any(map(self._is_open, self._nodes))

    def _is_open(self, node: ast.AST) -> bool:
        match node:
            case ast.Name(id=name, ctx=ast.Load()) if name not in self._local:
                return name not in self._outer or not _is_library(self._outer[name])
            case ast.Attribute(attr=name) if name in ACTIONS:
                return node not in self._called  # it is passed on, to be called elsewhere
            case ast.Call(func=function):
                return not self._is_known(function)
            case ast.Import() | ast.ImportFrom():
                return True
        return isinstance(node, LOOPS + FUNCTIONS) and any(map(_acts, ast.walk(node)))

    def _is_known(self, called: ast.expr) -> bool:
        """Return True if a function or method that is called is one of Selenium's or Python's."""
        if isinstance(called, ast.Name):
            return called.id not in self._local
        if not isinstance(called, ast.Attribute):
            return False
        owner = called.value
        while isinstance(owner, ast.Attribute | ast.Call | ast.Subscript):
            owner = owner.func if isinstance(owner, ast.Call) else owner.value
        name = owner.id if isinstance(owner, ast.Name) else ""
        if name in self._arguments[1:]:  # the context, with the state of an adapter
            return called.attr in OF_CONTEXT
        is_of_module = bool(name) and name not in self._local
        return is_of_module or called.attr in ACTIONS | QUIET


def _bound(node: ast.AST) -> str:
    """Return the name that `node` gives a value to in the function, or nothing."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return node.id
    return node.arg if isinstance(node, ast.arg) else ""


def _is_library(value: object) -> bool:
    """Return True for a constant, and for what belongs to Selenium, Python or forge."""
    match value:
        case ModuleType():
            module: str | None = value.__name__
        case type() | FunctionType() | BuiltinFunctionType():
            module = value.__module__
        case _:
            return isinstance(value, CONSTANTS)
    return (module or "").partition(".")[0] in {"forge", "selenium", *sys.stdlib_module_names}
