"""Advice about a tutorial when it is loaded: warnings, never errors."""

from __future__ import annotations

import ast
import inspect
import textwrap

from forge.tutorial import Step, Tutorial

MAX_WORDS = 60
MAX_ACTIONS = 2
ACTIONS = {"click", "send_keys", "clear", "select_by_visible_text", "select_by_value", "get"}


def lint(tutorial: Tutorial, *, strict: bool) -> list[str]:
    """Return advice on `tutorial`, each with file and line; `strict` adds stricter rules."""
    steps = [step for step in tutorial.steps if step.lint]
    notes = [
        _place(step, f"{n} words of narration; over {MAX_WORDS} tire the viewer")
        for step in steps
        if (n := len(step.narration.split())) > MAX_WORDS
    ]
    if not strict:
        return notes
    notes += [
        _place(step, f"{n} actions in one step; at most {MAX_ACTIONS} are easy to follow")
        for step in steps
        if (n := _actions(step)) > MAX_ACTIONS
    ]
    at = f"{tutorial.file}:{tutorial.line}: tutorial {tutorial.id!r}"
    if not tutorial.objectives:
        notes.append(f"{at}: no objective: say at the start what the viewer will learn")
    if not tutorial.summary:
        notes.append(f"{at}: no recap: say at the end what was achieved (summary=…)")
    return notes


def _place(step: Step, text: str) -> str:
    return f"{step.file}:{step.line}: step {step.id!r}: {text}"


def _actions(step: Step) -> int:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(step.run)))
    except (OSError, SyntaxError):
        return 0
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return sum(isinstance(call, ast.Attribute) and call.attr in ACTIONS for call in calls)
