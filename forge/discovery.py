"""Find the tutorials of a project, and the translations that lie beside them."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from glob import glob
from pathlib import Path

from forge.errors import TutorialError, UsageError
from forge.modules import load_module
from forge.records import Line
from forge.tutorial import Tutorial


@dataclass(frozen=True)
class Found:
    """A tutorial and the file it was found in."""

    tutorial: Tutorial
    file: Path

    def narration(
        self, lang: str | None, source_language: str
    ) -> tuple[tuple[Line, ...], list[str]]:
        """The lines of this tutorial in `lang`, and warnings for those that fell back.

        Raises:
            TutorialError: no side file for `lang`, or one that is damaged.
        """
        source = tuple(Line(step=s.id, text=s.narration) for s in self.tutorial.steps)
        if lang is None or lang == source_language:
            return source, []
        side_file = self.file.with_name(f"{self.file.stem}.{lang}.json")
        texts = _read_side_file(side_file, lang, self)
        missing = [line.step for line in source if line.step not in texts]
        lines = tuple(Line(step=s.step, text=texts.get(s.step, s.text)) for s in source)
        return lines, [
            f"{side_file}: no line for step {step!r}: it stays in {source_language!r}"
            for step in missing
        ]


def discover(patterns: Sequence[str], project_dir: Path) -> list[Found]:
    """Load every tutorial the glob `patterns` find under `project_dir`, in path order.

    Raises:
        TutorialError: a module does not load, two tutorials share an id, or one has no steps.
        UsageError: nothing matched.
    """
    files = sorted(
        {
            (project_dir / name).resolve()
            for pattern in patterns
            for name in glob(pattern, root_dir=project_dir, recursive=True)
            if name.endswith(".py") and not Path(name).name.startswith("_")
        }
    )
    found = [item for file in files for item in load_tutorials(file)]
    if not found:
        raise UsageError(
            f"no tutorial matched {', '.join(patterns) or 'nothing'} in {project_dir}",
            hint="a tutorial module has a module-level `tour = Tutorial(...)`",
        )
    _refuse_shared_ids(found)
    return found


def load_tutorials(file: Path) -> list[Found]:
    """The tutorials that one module declares, in the order of its names."""
    module = load_module(file, TutorialError)
    tutorials: list[Tutorial] = []
    for value in vars(module).values():
        # `from other import tour` shares a tutorial; only the file that declares it renders it.
        if isinstance(value, Tutorial) and value not in tutorials and Path(value.file) == file:
            tutorials.append(value)
    for tutorial in tutorials:
        if not tutorial.steps:
            raise TutorialError(
                f"{file}:{tutorial.line}: tutorial {tutorial.id!r} is empty",
                hint="declare at least one step with @tour.step",
            )
    return [Found(tutorial, file) for tutorial in tutorials]


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


def _read_side_file(side_file: Path, lang: str, found: Found) -> dict[str, str]:
    tutorial = found.tutorial
    if not side_file.is_file():
        raise TutorialError(
            f"tutorial {tutorial.id!r} has no translation for language {lang!r}:"
            f" {side_file} is missing",
            hint='it is JSON: {"step-id": "narration in that language", …}',
        )
    try:
        texts = json.loads(side_file.read_text(encoding="utf-8"))
    except (ValueError, OSError) as problem:
        line = f":{problem.lineno}" if isinstance(problem, json.JSONDecodeError) else ""
        raise TutorialError(f"{side_file}{line}: not JSON: {problem}") from problem
    if not isinstance(texts, dict) or not all(isinstance(t, str) for t in texts.values()):
        raise TutorialError(f"{side_file}: must be one object of step id → text")
    known = {step.id for item in load_tutorials(found.file) for step in item.tutorial.steps}
    for step in texts:
        if step not in known:
            raise TutorialError(
                f"{side_file}: unknown step {step!r} for tutorial {tutorial.id!r}",
                hint=nearest(step, known),
            )
    return {step: " ".join(text.split()) for step, text in texts.items()}


def nearest(word: str, known: set[str] | Sequence[str]) -> str:
    """`did you mean …?`, or what there is when nothing is near."""
    close = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(sorted(known))}"
