"""Find the tutorials of a project, and the translations beside them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import Any

from forge.errors import TutorialError, UsageError
from forge.model.marks import with_marks
from forge.model.records import Line, Mark
from forge.project.load_module import load_module, use_project
from forge.store.regular import read_regular
from forge.text.sanitize import is_clean_path
from forge.text.spaces import fold
from forge.text.suggest import nearest
from forge.tutorial import Tutorial, check_texts, marked, unmarked

#: Keys of a side file that are not ids of steps, which contain no `@`. For a module with several
#: tutorials such a key begins with the tutorial's id: `getting-started@title`.
TITLE, OBJECTIVES, SUMMARY = "@title", "@objectives", "@summary"
RESERVED = (TITLE, OBJECTIVES, SUMMARY)


@dataclass(frozen=True)
class Words:
    """The texts of a tutorial in one language."""

    title: str
    objectives: tuple[str, ...]
    summary: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Found:
    """A tutorial and its file. `link` is the path at which the file was found, maybe a symlink."""

    tutorial: Tutorial
    file: Path
    link: Path

    def words(self, lang: str | None, source_language: str) -> tuple[Words, list[str]]:
        """Return the texts in `lang`, and a warning for each that is not translated.

        A text without a translation stays in the source language.

        Raises:
            TutorialError: the side file for `lang` is missing or wrong.
        """
        tutorial = self.tutorial
        source = tuple(Line(step=s.id, text=s.narration, marks=s.marks) for s in tutorial.steps)
        own = Words(tutorial.title, tutorial.objectives, tutorial.summary, source)
        if lang is None or lang == source_language:
            return own, []
        side_file = self._side_file(lang)
        texts = _read_side_file(side_file, self)
        words = Words(
            texts.get(TITLE, own.title),
            tuple(texts.get(OBJECTIVES, own.objectives)),
            texts.get(SUMMARY, own.summary),
            tuple(_line(side_file, s, texts.get(s.step)) for s in source),
        )
        notes = [
            f"{side_file}: no line for step {line.step!r}: it stays in {source_language!r}"
            for line in source
            if line.step not in texts
        ]
        return words, _untitled(side_file, own, texts, source_language) + notes

    def _side_file(self, lang: str) -> Path:
        """Return the path of the translation, beside the link or beside the file itself."""
        places = dict.fromkeys(
            path.with_name(f"{path.stem}.{lang}.json") for path in (self.link, self.file)
        )
        for place in places:
            if place.is_file():
                return place
        missing = "is missing" if len(places) == 1 else "are both missing"
        raise TutorialError(
            f"tutorial {self.tutorial.id!r} has no translation for language {lang!r}:"
            f" {' and '.join(map(str, places))} {missing}",
            hint='it is JSON: {"step-id": "narration in that language", …}',
        )


def _line(side_file: Path, source: Line, translation: str | None) -> Line:
    """Return the line of a step in another language: its translation, or the source.

    Raises:
        TutorialError: a mark is wrong, or there are not as many `{here}` as in the source.
    """
    if translation is None:
        return source
    place = f"{side_file}: {source.step!r}"
    text, marks = marked(place, translation)
    if _actions(marks) != _actions(source.marks):
        raise TutorialError(
            f"{place} has {_actions(marks)} of the mark {{here}}, its source"
            f" {_actions(source.marks)}",
            hint=f"the source is: {with_marks(source.text, source.marks)}",
        )
    return Line(step=source.step, text=text, marks=marks)


def _actions(marks: Iterable[Mark]) -> int:
    """Return how many actions begin at a mark."""
    return sum(mark.kind == "here" for mark in marks)


def _untitled(
    side_file: Path, own: Words, texts: dict[str, Any], source_language: str
) -> list[str]:
    """Return one warning if title, objectives or summary are not translated."""
    wanted = dict(zip(RESERVED, (own.title, own.objectives, own.summary), strict=True))
    missing = [repr(key) for key, text in wanted.items() if text and key not in texts]
    stay = "it stays" if len(missing) == 1 else "they stay"
    return missing and [f"{side_file}: no {', '.join(missing)}: {stay} in {source_language!r}"]


def discover(patterns: Sequence[str], project_dir: Path) -> list[Found]:
    """Load the tutorials that the glob `patterns` find under `project_dir`, in order of paths.

    Raises:
        TutorialError: a module does not load, two tutorials share an id, or one has no steps.
        UsageError: nothing matched.
    """
    use_project(project_dir)
    links = {
        (project_dir / name).resolve(): project_dir / name
        for pattern in patterns
        for name in sorted(glob(pattern, root_dir=project_dir, recursive=True), reverse=True)
        if name.endswith(".py") and not Path(name).name.startswith("_")
    }
    found = [item for file in sorted(links) for item in load_tutorials(file, links[file])]
    if not found:
        raise UsageError(
            f"no tutorial matched {', '.join(patterns) or 'nothing'} in {project_dir}",
            hint="a tutorial module has a module-level `tour = Tutorial(...)`",
        )
    _refuse_shared_ids(found)
    return found


def load_tutorials(file: Path, link: Path | None = None) -> list[Found]:
    """Load a module and return the tutorials that it declares, in the order of declaration.

    `link` is the path by which `file` was found, if that is another.

    Raises:
        TutorialError: the module does not load, or a tutorial has no steps.
    """
    if not is_clean_path(file):
        raise TutorialError(
            f"the name of {file} is not UTF-8, or has control characters in it",
            hint="rename the file, or its folder",
        )
    module = load_module(file, TutorialError)
    tutorials: list[Tutorial] = []
    for value in vars(module).values():
        # A tutorial that is imported from another file belongs to that file.
        if isinstance(value, Tutorial) and value not in tutorials and Path(value.file) == file:
            tutorials.append(value)
    for tutorial in tutorials:
        if not tutorial.steps:
            raise TutorialError(
                f"{file}:{tutorial.line}: tutorial {tutorial.id!r} is empty",
                hint="declare at least one step with @tour.step",
            )
    return [Found(tutorial, file, link or file) for tutorial in tutorials]


def _refuse_shared_ids(found: Sequence[Found]) -> None:
    seen: dict[str, Found] = {}
    for item in found:
        other = seen.setdefault(item.tutorial.id, item)
        if other is not item:
            raise TutorialError(
                f"two tutorials have the id {item.tutorial.id!r}:"
                f" {other.file}:{other.tutorial.line} and {item.file}:{item.tutorial.line}",
                hint="give one of them another id=…",
            )


def _read_side_file(side_file: Path, found: Found) -> dict[str, Any]:
    """Return the texts of `found` by step id or reserved key, with white space folded."""
    tutorial = found.tutorial
    try:
        texts = json.loads(read_regular(side_file).decode("utf-8-sig"))
    except (ValueError, OSError, RecursionError) as problem:
        line = f":{problem.lineno}" if isinstance(problem, json.JSONDecodeError) else ""
        raise TutorialError(f"{side_file}{line}: not JSON: {problem}") from problem
    if not isinstance(texts, dict):
        raise TutorialError(f"{side_file}: must be one object of step id → text")
    siblings = [item.tutorial for item in load_tutorials(found.file)]
    _check_keys(side_file, texts, tutorial, siblings)
    own = {key.removeprefix(tutorial.id) if "@" in key else key: key for key in texts}
    return {name: _folded(side_file, key, texts[key]) for name, key in own.items()}


def _check_keys(
    side_file: Path, keys: Iterable[str], tutorial: Tutorial, siblings: Sequence[Tutorial]
) -> None:
    steps = {step.id for sibling in siblings for step in sibling.steps}
    named = {f"{sibling.id}{key}" for sibling in siblings for key in RESERVED}
    known = steps | named | (set(RESERVED) if len(siblings) == 1 else set())
    for key in keys:
        if key in known:
            continue
        if key in RESERVED:
            raise TutorialError(
                f"{side_file}: {key!r} of which tutorial? Its module has {len(siblings)}",
                hint=f"write {tutorial.id + key!r}",
            )
        kind = "key" if "@" in key else "step"
        raise TutorialError(
            f"{side_file}: unknown {kind} {key!r} for tutorial {tutorial.id!r}",
            hint=nearest(key, known - named if len(siblings) == 1 else known),
        )


def _folded(side_file: Path, key: str, text: Any) -> Any:
    listed = key.endswith(OBJECTIVES)
    items = text if listed and isinstance(text, list) else [text]
    if all(isinstance(item, str) for item in items) and listed == isinstance(text, list):
        place = f"{side_file}: {key!r}"
        check_texts(place, *items)
        folded = [fold(unmarked(place, item) if "@" in key else item) for item in items]
        return folded if listed else folded[0]
    kind = "a list of texts" if listed else "a text"
    raise TutorialError(f"{side_file}: {key!r} must be {kind}")
