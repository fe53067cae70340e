"""Find the tutorials of a project, and the translations beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from glob import glob
from pathlib import Path

from forge.errors import TutorialError, UsageError
from forge.model.records import Line
from forge.project.action_calls import refuse_surplus_marks
from forge.project.load_module import load_module, use_project
from forge.project.side_file import (
    OBJECTIVES,
    SUMMARY,
    TITLE,
    SideFile,
    keys_of,
    read_side_file,
    sources,
)
from forge.project.translated import Text, items_of, translated_line
from forge.text.sanitize import is_clean_path
from forge.tutorial import Tutorial, unmarked


@dataclass(frozen=True)
class Words:
    """The texts of a tutorial in one language."""

    title: str
    objectives: tuple[str, ...]
    summary: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Found:
    """A tutorial and its file. `link` is the path at which the file was found, maybe a symlink.

    `siblings` are all tutorials of the file, this one among them.
    """

    tutorial: Tutorial
    file: Path
    link: Path
    siblings: Sequence[Tutorial]

    def words(self, lang: str | None, source_language: str) -> tuple[Words, tuple[Text, ...]]:
        """Return the texts in `lang`, and the same beside their sources, if it is a translation.

        A text without a translation stays in the source language.

        Raises:
            TutorialError: the side file for `lang` is missing or wrong.
        """
        tutorial = self.tutorial
        source = tuple(Line(step=s.id, text=s.narration, marks=s.marks) for s in tutorial.steps)
        own = Words(tutorial.title, tutorial.objectives, tutorial.summary, source)
        if lang is None or lang == source_language:
            return own, ()
        if self._side_file(lang) is None:
            raise self._untranslated(lang)
        texts = self.texts(lang)
        found = {text.name: text.translation for text in texts if text.translation is not None}
        place = {text.name: f"{text.side_file}: {text.key!r}" for text in texts}

        def shown(name: str) -> list[str]:
            return [unmarked(place[name], item) for item in items_of(found[name])]

        words = Words(
            "".join(shown(TITLE)) if TITLE in found else own.title,
            tuple(shown(OBJECTIVES)) if OBJECTIVES in found else own.objectives,
            "".join(shown(SUMMARY)) if SUMMARY in found else own.summary,
            tuple(
                translated_line(place[line.step], line, found[line.step])
                if line.step in found
                else line
                for line in source
            ),
        )
        return words, texts

    def texts(self, lang: str) -> tuple[Text, ...]:
        """Return every text of the tutorial beside its translation.

        Raises:
            TutorialError: the side file for `lang` is wrong. If it is missing, no text is
                translated.
        """
        there = self._side_file(lang)
        side_file = read_side_file(there, self.siblings) if there else SideFile({}, {})
        path = there or self._places(lang)[0]
        lines = {step.id: step.line for step in self.tutorial.steps}
        texts = []
        for name, source in sources(self.tutorial).items():
            keys = keys_of(name, self.tutorial, self.siblings)
            texts.append(
                Text(
                    tutorial=self.tutorial.id,
                    name=name,
                    key=keys[0],
                    source=source,
                    file=str(self.file),
                    line=lines.get(name, self.tutorial.line),
                    lang=lang,
                    side_file=str(path),
                    translation=_first(side_file.texts, keys),
                    of=_first(side_file.of, keys),
                )
            )
        return tuple(texts)

    def _side_file(self, lang: str) -> Path | None:
        """Return the path of the side file for `lang`; None: there is none."""
        return next((place for place in self._places(lang) if place.exists()), None)

    def _untranslated(self, lang: str) -> TutorialError:
        places = self._places(lang)
        missing = "is missing" if len(places) == 1 else "are both missing"
        return TutorialError(
            f"tutorial {self.tutorial.id!r} has no translation for language {lang!r}:"
            f" {' and '.join(map(str, places))} {missing}",
            hint='it is JSON: {"step-id": "narration in that language", …}; or begin with'
            f" `forge translate --export {lang}.po --lang {lang}`",
        )

    def _places(self, lang: str) -> list[Path]:
        """Return where the side file may be: beside the link, or beside the file itself."""
        paths = (path.with_name(f"{path.stem}.{lang}.json") for path in (self.link, self.file))
        return list(dict.fromkeys(paths))


def _first(values: Mapping[str, str], keys: Iterable[str]) -> str | None:
    """Return the value of the first of `keys` that has one."""
    return next((values[key] for key in keys if key in values), None)


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
        TutorialError: the module does not load, a tutorial has no steps, or a step has more marks
            than actions.
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
        for step in tutorial.steps:
            refuse_surplus_marks(step)
    return [Found(tutorial, file, link or file, tutorials) for tutorial in tutorials]


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
