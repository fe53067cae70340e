"""Advice about a tutorial when it is loaded: warnings, never errors."""

from __future__ import annotations

from forge.project.action_calls import count_actions
from forge.tutorial import Step, Tutorial

MAX_WORDS = 60
MAX_ACTIONS = 2


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
        if (n := count_actions(step).calls) > MAX_ACTIONS
    ]
    at = f"{tutorial.file}:{tutorial.line}: tutorial {tutorial.id!r}"
    if not tutorial.objectives:
        notes.append(f"{at}: no objective: say at the start what the viewer will learn")
    if not tutorial.summary:
        notes.append(f"{at}: no recap: say at the end what was achieved (summary=…)")
    return notes


def _place(step: Step, text: str) -> str:
    return f"{step.file}:{step.line}: step {step.id!r}: {text}"
