"""New lines for side files: they are merged into the JSON that is there."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forge.errors import ProjectError, UsageError
from forge.project.side_file import OBJECTIVES, OF, read_json
from forge.project.translated import Text, check_translation, digest, items_of
from forge.store.atomic import rewrite
from forge.text.suggest import nearest


@dataclass(frozen=True)
class NewLine:
    """A translation of `text` for its side file, made from the source with the digest `of`."""

    text: Text
    translation: str
    of: str

    @property
    def changes(self) -> bool:
        """True if the side file says something else."""
        return (self.translation, self.of) != (self.text.translation, self.text.of)


def accepted(texts: Iterable[Text], names: Sequence[str]) -> list[NewLine]:
    """Return the translations as they are, noted as made from today's sources.

    `names` are ids of tutorials, and full names of texts; empty: all texts.

    Raises:
        UsageError: no text is translated, or none with one of the names.
        TutorialError: a translation has other marks than its source.
    """
    there = [text for text in texts if text.source and text.translation is not None]
    known = {name for text in there for name in (text.tutorial, text.full_name)}
    if not there:
        raise UsageError(
            "the project has no translations to accept",
            hint="are their side files beside the tutorials? --lang names other languages",
        )
    for name in names:
        if name not in known:
            raise UsageError(f"there is no translation of {name!r}", hint=nearest(name, known))
    chosen = [t for t in there if not names or t.tutorial in names or t.full_name in names]
    for text in chosen:
        check_translation(f"{text.side_file}: {text.key!r}", text, str(text.translation))
    return [NewLine(text, str(text.translation), digest(text.source)) for text in chosen]


def write_side_files(lines: Iterable[NewLine], texts: Iterable[Text]) -> Iterator[tuple[Path, int]]:
    """Write the lines that change something; yield each side file and how many lines it got.

    `texts` are all texts of the project; their order is that of the keys in a side file.

    Raises:
        ProjectError: a file cannot be written. It is as it was; those before it are new.
    """
    by_file: dict[str, list[NewLine]] = defaultdict(list)
    for line in lines:
        if line.changes:
            by_file[line.text.side_file].append(line)
    order: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        order[text.side_file].append(text.key)
    for name, own in by_file.items():
        path = Path(name)
        content = merged(read_json(path) if path.exists() else {}, own, order[name])
        try:
            rewrite(path, as_json(content))
        except OSError as problem:
            raise ProjectError(f"{path} cannot be written: {problem.strerror}") from problem
        yield path, len(own)


def merged(
    before: Mapping[str, Any], lines: Iterable[NewLine], order: Sequence[str]
) -> dict[str, Any]:
    """Return the object of a side file with `lines` in it, its keys in this order; keys that are
    not in `order` come later, and `@of` last."""
    content = dict(before)
    of = dict(content.pop(OF, {}))
    for line in lines:
        key, value = line.text.key, line.translation
        if value != line.text.translation:
            content[key] = list(items_of(value)) if key.endswith(OBJECTIVES) else value
        of[key] = line.of
    return {**_ordered(content, order), OF: _ordered(of, order)}


def _ordered(values: Mapping[str, Any], order: Sequence[str]) -> dict[str, Any]:
    keys = [*(key for key in order if key in values), *values]
    return {key: values[key] for key in dict.fromkeys(keys)}


def as_json(content: Mapping[str, Any]) -> str:
    """Return an object as JSON with two spaces, and each key of it on a line of its own."""
    return f"{_as_json(content, '')}\n"


def _as_json(value: Any, indent: str) -> str:
    if not isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False)
    inner = f"{indent}  "
    lines = [f"{inner}{json.dumps(key)}: {_as_json(item, inner)}" for key, item in value.items()]
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
