"""Advice about a tutorial when it is loaded: warnings, never errors."""

from __future__ import annotations

import re

from forge.project.action_calls import count_actions
from forge.tutorial import Step, Tutorial

MAX_WORDS = 60
MAX_ACTIONS = 2
#: English words by which a sentence names what the hand does.
NAMING = frozenset(["choose", "click", "drag", "enter", "press", "scroll", "select", "tap", "type"])


def lint(tutorial: Tutorial, *, strict: bool, language: str = "en") -> list[str]:
    """Return advice on `tutorial`, each with file and line; `strict` adds stricter rules.

    `language` is that of its narration.
    """
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
    if language.partition("-")[0] == "en":
        notes += [
            _place(step, f"the hand acts before the voice says {word!r}: mark it, {{here}} {word}")
            for step in steps
            if (word := _named_late(step))
        ]
    at = f"{tutorial.file}:{tutorial.line}: tutorial {tutorial.id!r}"
    if not tutorial.objectives:
        notes.append(f"{at}: no objective: say at the start what the viewer will learn")
    if not tutorial.summary:
        notes.append(f"{at}: no recap: say at the end what was achieved (summary=…)")
    return notes


def _named_late(step: Step) -> str | None:
    """Return the word of the sentence's second half that names the step's only action, or None."""
    if step.marks or count_actions(step).calls != 1:
        return None
    words = re.findall(r"[^\W\d_]+", step.narration)
    late = words[len(words) // 2 :]
    return next((word for word in late if word.lower() in NAMING), None)


def _place(step: Step, text: str) -> str:
    return f"{step.file}:{step.line}: step {step.id!r}: {text}"
