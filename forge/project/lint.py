"""Advice about a tutorial when it is loaded: warnings, never errors."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from forge.model.records import Line
from forge.model.settings import Settings
from forge.model.utterance import Script, scripts
from forge.project.action_calls import count_actions
from forge.text.lexicon import Lexicon
from forge.text.sanitize import cut
from forge.text.segments import words
from forge.tutorial import Step, Tutorial

MAX_WORDS = 60
MAX_ACTIONS = 2
LONGEST_SAID = 200  # characters of a sentence in a message
MARKUP = frozenset("*`~#[]<")
SAY = "{say: written|spoken} sets other words"
#: English words by which a sentence names what the hand does.
NAMING = frozenset(["choose", "click", "drag", "enter", "press", "scroll", "select", "tap", "type"])


def lint(tutorial: Tutorial, settings: Settings) -> list[str]:
    """Return advice on `tutorial`, each with file and line; `settings.strict` adds more rules."""
    notes = []
    for step in tutorial.steps:
        if step.lint:
            own = [*_of_narration(step, settings), *(_strict(step, settings))]
            notes += [f"{step.file}:{step.line}: step {step.id!r}: {note}" for note in own]
    at = f"{tutorial.file}:{tutorial.line}: tutorial {tutorial.id!r}"
    if settings.strict and not tutorial.objectives:
        notes.append(f"{at}: no objective: say at the start what the viewer will learn")
    if settings.strict and not tutorial.summary:
        notes.append(f"{at}: no recap: say at the end what was achieved (summary=…)")
    return notes


def _of_narration(step: Step, settings: Settings) -> Iterator[str]:
    count = len(words(step.narration, settings.source_language))
    if count > MAX_WORDS:
        yield f"{count} words of narration; over {MAX_WORDS} tire the viewer"
    line = Line(step=step.id, text=step.narration, marks=step.marks)
    [script] = scripts([line], settings, None)
    if not _reads_otherwise(script, line, settings):
        return
    if said := cut(script.spoken.text, LONGEST_SAID):
        yield f"not read as it is written: the voice says {said!r}; {SAY}"
    else:
        yield f"nothing of it is read; {SAY}"


def _reads_otherwise(script: Script, line: Line, settings: Settings) -> bool:
    """Return True if a voice leaves out or changes more than spaces and pauses of a line.

    What the author has set, by marks and by the lexicon, does not count.
    """
    shown, spoken = line.text, script.spoken
    kept = {
        place.at
        for sign, place in zip(spoken.text, spoken.places, strict=True)
        if sign == shown[place.at : place.end]
    }
    lexicon = Lexicon.of(settings.voice.say, settings.source_language)
    of_author = [(mark.at, mark.end) for mark in line.marks if mark.kind == "say"]
    of_author += [found.span() for found in lexicon.pattern.finditer(shown)]
    kept.update(at for begin, end in of_author for at in range(begin, end))
    return any(_means(sign) for at, sign in enumerate(shown) if at not in kept)


def _means(sign: str) -> bool:
    """Return True for a letter, a digit, an emoji or a sign of markup."""
    return sign.isalnum() or sign in MARKUP or unicodedata.category(sign) == "So"


def _strict(step: Step, settings: Settings) -> Iterator[str]:
    if not settings.strict:
        return
    count = count_actions(step).calls
    if count > MAX_ACTIONS:
        yield f"{count} actions in one step; at most {MAX_ACTIONS} are easy to follow"
    english = settings.source_language.partition("-")[0] == "en"
    if english and count == 1 and (word := _named_late(step)):
        yield f"the hand acts before the voice says {word!r}: mark it, {{here}} {word}"


def _named_late(step: Step) -> str | None:
    """Return the word that names the action late in the sentence; None if it is marked."""
    if any(mark.kind == "here" for mark in step.marks):
        return None
    found = re.findall(r"[^\W\d_]+", step.narration)
    late = found[len(found) // 2 :]
    return next((word for word in late if word.lower() in NAMING), None)
