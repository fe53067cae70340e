"""Side files: the texts of a module's tutorials in one language, `<module>.<lang>.json`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forge.errors import TutorialError
from forge.model.marks import with_marks
from forge.project.translated import DIGITS
from forge.store.regular import read_regular
from forge.text.spaces import fold
from forge.text.suggest import nearest
from forge.tutorial import Tutorial, check_texts

#: Names of texts that are no steps; ids of steps contain no `@`.
TITLE, OBJECTIVES, SUMMARY = "@title", "@objectives", "@summary"
RESERVED = (TITLE, OBJECTIVES, SUMMARY)
#: The key of an object: from which source each text was translated, as a digest.
OF = "@of"
DIGEST = re.compile(f"[0-9a-f]{{{DIGITS}}}")


@dataclass(frozen=True)
class SideFile:
    """The content of a side file, by key. A text has its white space folded, a list one item a
    line."""

    texts: Mapping[str, str]
    of: Mapping[str, str]


def sources(tutorial: Tutorial) -> dict[str, str]:
    """Return the texts of `tutorial` by name, as its author writes them, in their order."""
    return {
        TITLE: with_marks(fold(tutorial.title), ()),
        OBJECTIVES: "\n".join(with_marks(fold(item), ()) for item in tutorial.objectives),
        SUMMARY: with_marks(fold(tutorial.summary), ()),
        **{step.id: with_marks(step.narration, step.marks) for step in tutorial.steps},
    }


def keys_of(name: str, tutorial: Tutorial, siblings: Sequence[Tutorial]) -> tuple[str, ...]:
    """Return the keys under which a text may stand, first the one under which forge writes it.

    `siblings` are all tutorials of the module. A name that several of them have needs the
    tutorial's id before it: `getting-started@title`, `getting-started/welcome`.
    """
    if name in RESERVED:
        own = f"{tutorial.id}{name}"
        return (name, own) if len(siblings) == 1 else (own,)
    own = f"{tutorial.id}/{name}"
    owners = sum(any(step.id == name for step in other.steps) for other in siblings)
    return (name, own) if owners == 1 else (own, name)


def read_side_file(path: Path, siblings: Sequence[Tutorial]) -> SideFile:
    """Read the side file of a module that declares the tutorials `siblings`.

    Raises:
        TutorialError: it cannot be read, a key is unknown, or a value is wrong.
    """
    content = read_json(path)
    of = content.pop(OF, {})
    if not isinstance(of, dict):
        raise TutorialError(
            f"{path}: {OF!r} must be an object of step id → digest of its source",
            hint="remove it, and `forge translate --accept` writes it anew",
        )
    _check_keys(path, content, siblings)
    _check_keys(f"{path}: {OF!r}", of, siblings)
    for key, value in of.items():
        if not (isinstance(value, str) and DIGEST.fullmatch(value)):
            raise TutorialError(
                f"{path}: {OF!r}: {key!r} must be a digest, {DIGITS} digits of 0-9 and a-f",
                hint=f"`forge translate --accept` writes it, after you have removed {key!r}",
            )
    return SideFile({key: _folded(path, key, value) for key, value in content.items()}, of)


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in the JSON file `path`.

    Raises:
        TutorialError: the file cannot be read, or holds something else.
    """
    try:
        content = json.loads(read_regular(path).decode("utf-8-sig"))
    except (ValueError, OSError, RecursionError) as problem:
        line = f":{problem.lineno}" if isinstance(problem, json.JSONDecodeError) else ""
        raise TutorialError(f"{path}{line}: not JSON: {problem}") from problem
    if not isinstance(content, dict):
        raise TutorialError(f"{path}: must be one object of step id → text")
    return content


def _check_keys(
    place: Path | str, keys: Mapping[str, object], siblings: Sequence[Tutorial]
) -> None:
    allowed = [
        keys_of(name, tutorial, siblings) for tutorial in siblings for name in sources(tutorial)
    ]
    known = {key for group in allowed for key in group}
    for key in keys:
        if key in known:
            continue
        if key in RESERVED:
            raise TutorialError(
                f"{place}: {key!r} of which tutorial? Its module has {len(siblings)}",
                hint=f"write {siblings[0].id + key!r}",
            )
        kind = "key" if "@" in key else "step"
        tutorials = " and ".join(repr(tutorial.id) for tutorial in siblings)
        raise TutorialError(
            f"{place}: unknown {kind} {key!r} for tutorial {tutorials}",
            hint=nearest(key, {group[0] for group in allowed}),
        )


def _folded(path: Path, key: str, text: Any) -> str:
    listed = key.endswith(OBJECTIVES)
    items = text if listed and isinstance(text, list) else [text]
    if all(isinstance(item, str) for item in items) and listed == isinstance(text, list):
        folded = [fold(item) for item in items]
        check_texts(f"{path}: {key!r}", *folded)
        return "\n".join(folded)
    kind = "a list of texts" if listed else "a text"
    raise TutorialError(f"{path}: {key!r} must be {kind}")
