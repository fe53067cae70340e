"""Prints: digests of everything that a video depends on. An unchanged job is not rendered again.

The prints of a take (code of the steps, adapter, settings of the recording) are separate from those
of the video (narration, voice, picture), so that a changed sentence needs no browser.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from glob import glob
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from forge.errors import ProjectError
from forge.model.hosts import RemoteTake
from forge.model.machine import Machine
from forge.model.marks import with_marks
from forge.model.records import Job, Line, Note, Record
from forge.model.settings import Settings
from forge.model.take import Take
from forge.model.utterance import scripts
from forge.store.app_files import of_app, of_class
from forge.store.atomic import whole
from forge.store.file_notes import Notes, Stamp, is_whole, noted, read_noted, stamp
from forge.store.job_files import read_take
from forge.store.paths import TAKE_PRINT
from forge.store.regular import read_regular
from forge.store.without_narration import without_narration
from forge.text.installed_type import cjk_package, debian_cjk, fribidi_version, needs_cjk, needs_rtl

LAYOUT = "12"  # Raise when forge produces different output from the same inputs.

Prints = dict[str, str]


class Printed(Record):
    """The prints that a take or a video was made of, and notes of its files, by their names."""

    prints: Prints
    files: dict[str, Note]


class Sources:
    """Reads the files that prints are made of, and keeps a note of each by its absolute path."""

    def __init__(self) -> None:
        self.notes: Notes = {}

    def read(self, path: Path) -> bytes:
        """Return the content of `path`; raise ProjectError if it cannot be read."""
        with _readable(path):
            data, self.notes[str(path.absolute())] = read_noted(path)
        return data

    def digest(self, path: Path) -> str:
        """Return the digest of the content of `path`; raise ProjectError if it cannot be read."""
        with _readable(path):
            note = self.notes[str(path.absolute())] = _note_of(path, stamp(path))
        return note.sha256[:16]


def take_prints(
    tutorial_file: Path,
    settings: Settings,
    machine: Machine,
    lang: str | None,
    sources: Sources | None = None,
    given: Sequence[str] = (),
) -> Prints:
    """Return the prints of a take.

    `lang` is given if the app itself is translated. `given` are the files and folders of the
    project that the adapter's class names.
    """
    sources = sources or Sources()
    video, args = settings.video, settings.browser.args
    prints = {
        "steps": _of_code([tutorial_file], settings.project_dir, sources, narrated=True),
        "adapter": _of_adapter_and_files(settings, sources, given),
        "recording": _digest(
            [
                *(video.width, video.height, *video.pixels),
                *(str(machine.browser), args, settings.hand.model_dump()),
            ]
        ),
        "clock": _of_clock(settings, machine),
        "watched": _of_watched(settings, sources),
        "forge": LAYOUT,
    }
    return prints | ({"lang": lang} if lang else {})


def video_prints(
    lines: Sequence[Line],
    title: str,
    voice: str | None,
    settings: Settings,
    sources: Sources | None = None,
    lang: str | None = None,
) -> Prints:
    """Return the prints of a video besides those of its take and its cards."""
    sources = sources or Sources()
    speaks = settings.voice
    remote = [part for part in (speaks.model, speaks.base_url) if part]
    return {
        "narration": _digest([[line.step, with_marks(line.text, line.marks)] for line in lines]),
        "title": _digest(title),
        "voice": _digest(
            [speaks.engine, _of_voice(voice, settings, sources), speaks.rate, *remote]
        ),
        "sound": _digest(_of_sound(settings, sources)),
        "picture": _digest(
            [settings.video.fps, settings.video.frame_rate, *_of_style(settings, sources)]
        ),
        **_of_lexicon(lines, settings, lang),
    }


def card_prints(job: Job, settings: Settings) -> Prints:
    """Return the print of the cards of a video; empty if it has none."""
    shown = settings.style.cards and (job.objectives or job.summary)
    return {"cards": _digest([job.objectives, job.summary])} if shown else {}


def type_prints(job: Job, settings: Settings) -> Prints:
    """Return the prints of what this machine has for the type of `job`, as far as it needs that.

    Then a video whose text was drawn as boxes is stale when the fonts that it lacked are there.
    """
    texts = [job.title, *job.objectives, job.summary, *(line.text for line in job.lines)]
    languages = [job.lang or settings.source_language, settings.source_language]
    prints = {}
    if needs_cjk(texts, languages):
        prints["fonts"] = _digest([*_cjk_package(), *debian_cjk()])
    if needs_rtl(texts, languages):
        prints["shaping"] = _digest(fribidi_version())
    return prints


def read_printed(path: Path) -> Printed | None:
    """Return the content of `path`; None if there is no such file, or it is damaged."""
    try:
        return Printed.model_validate_json(read_regular(path))
    except (OSError, ValidationError):
        return None


def write_printed(path: Path, prints: Prints, files: Notes) -> None:
    """Write to `path` that `files` were made of `prints`; atomic."""
    with whole(path) as part:
        part.write_text(Printed(prints=prints, files=files).model_dump_json(), encoding="utf-8")


def read_whole_take(work_dir: Path) -> Take:
    """Return the take in `work_dir` after comparing all of its files with their notes.

    Raises:
        OSError: there is none.
        ValueError: it is damaged.
    """
    printed = read_printed(work_dir / TAKE_PRINT)
    for name, note in printed.files.items() if printed else ():
        if not is_whole(work_dir / name, note):
            raise ValueError(f"{work_dir / name} is damaged")
    return read_take(work_dir)


def changed(job: Job, printed: Printed | None) -> str | None:
    """Return which prints of `job` differ from those of its last video; None if none do."""
    if printed is None:
        return "there is no complete render of it yet"
    kept = printed.prints
    wanted = {**job.take_prints, **job.video_prints}
    if "lang" in kept:
        wanted["lang"] = job.lang or ""  # its steps depend on the language
    parts = sorted(key for key in wanted.keys() | kept.keys() if wanted.get(key) != kept.get(key))
    return f"changed: {', '.join(parts)}" if parts else None


def fits(kept: Printed | RemoteTake | None, job: Job) -> bool:
    """Return True if `job` may use the take with the prints of `kept`."""
    if kept is None:
        return False
    own = {**job.take_prints, "lang": job.lang or ""}
    return kept.prints in (job.take_prints, own)


@cache
def _note_of(path: Path, _: Stamp | None) -> Note:
    """Return the note of `path`; a file that has not changed is read once for all jobs."""
    return noted(path)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise ProjectError(f"{path} cannot be read: {problem.strerror or problem}") from problem


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def _of_adapter_and_files(settings: Settings, sources: Sources, given: Sequence[str]) -> str:
    adapter = _of_adapter(settings, sources)
    if settings.app.kind or not given:
        return adapter
    return _digest([adapter, of_class(given, settings, sources.digest)])


def _of_adapter(settings: Settings, sources: Sources) -> str:
    """Digest the adapter: `[app]`, a file of the project with its imports, or a package."""
    if settings.app.kind:
        return _digest(of_app(settings, sources.digest))
    reference, project_dir = settings.adapter or "", settings.project_dir
    where = reference.rpartition(":")[0]
    if where.endswith(".py"):
        code = _of_code([project_dir / where], project_dir, sources, narrated=False)
        return _digest([reference, code])
    own = list(_places_of(where, [project_dir.resolve()])) if where else []
    top = importlib.util.find_spec(where.partition(".")[0]) if where else None
    # Only the first name is looked up: looking up the rest would import the project's packages.
    if own and (top is None or top.origin is None or Path(top.origin).resolve() in own):
        return _digest([reference, _of_code(own, project_dir, sources, narrated=False)])
    found = importlib.util.find_spec(where) if top else None
    if found is None or found.origin is None:
        return _digest(reference)
    folders = found.submodule_search_locations
    installed = _of_folder(Path(folders[0])) if folders else sources.digest(Path(found.origin))
    return _digest([reference, installed])


def _of_voice(voice: str | None, settings: Settings, sources: Sources) -> list[str | None]:
    """Return the name of a voice, and the digest of its file if that lies in the project."""
    file = settings.project_dir / (voice or "")
    return [voice, sources.digest(file)] if voice and file.is_file() else [voice]


def _of_lexicon(lines: Sequence[Line], settings: Settings, lang: str | None) -> Prints:
    """Return the print of what the lexicon changes in the speech of `lines`; empty if nothing."""
    if not settings.voice.say:
        return {}
    without = settings.model_copy(update={"voice": settings.voice.model_copy(update={"say": {}})})
    said = [script.said for script in scripts(lines, settings, lang)]
    changed = [a for a, b in zip(said, scripts(lines, without, lang), strict=True) if a != b.said]
    return {"say": _digest(changed)} if changed else {}


def _of_sound(settings: Settings, sources: Sources) -> list[Any]:
    sound = settings.sound
    music = sources.digest(settings.project_dir / sound.music) if sound.music else None
    return [sound.model_dump(mode="json"), music]


def _of_watched(settings: Settings, sources: Sources) -> str:
    """Digest the files that `watch` matches: those that the app is made of."""
    names = {
        name
        for pattern in settings.watch
        for name in glob(pattern, root_dir=settings.project_dir, recursive=True)
        if (settings.project_dir / name).is_file()
    }
    return _digest([[name, sources.digest(settings.project_dir / name)] for name in sorted(names)])


def _of_clock(settings: Settings, machine: Machine) -> str:
    """Return the name of the clock; for the virtual one, also the settings that only it uses.

    The frame rate is one of them: frames lie on its grid. "auto" begins on the virtual clock
    (`forge.store.clock_fallback`).
    """
    if machine.clock in ("elastic", "real"):
        return machine.clock
    return f"virtual {_digest([settings.video.fps, settings.page.model_dump(mode='json')])}"


def _of_style(settings: Settings, sources: Sources) -> list[Any]:
    style = settings.style
    files = (style.cursor_image, style.logo, style.font)
    paths = [settings.project_dir / file if file else None for file in files]
    contents = [sources.digest(path) if path and path.is_file() else None for path in paths]
    return [style.model_dump(mode="json"), contents]


@cache
def _of_folder(folder: Path) -> list[list[str]]:
    files = (p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    sources = Sources()  # not the batch's: an installed package does not change while it runs
    return [[str(path.relative_to(folder)), sources.digest(path)] for path in sorted(files)]


@cache
def _cjk_package() -> list[str]:
    return cjk_package()  # half a millisecond, and the same for all jobs


def forget_installed() -> None:
    """Make the next prints read installed packages again."""
    _of_folder.cache_clear()
    _cjk_package.cache_clear()


def _of_code(files: Sequence[Path], project_dir: Path, sources: Sources, *, narrated: bool) -> str:
    """Digest `files` and the files of the project that they import, without comments and layout.

    `narrated`: the files are tutorials, whose narration and titles are left out too.
    """
    seen: dict[Path, str] = {}
    given = {file.resolve() for file in files}
    waiting = list(given)
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        text = sources.read(path)
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):  # of a module that is never imported
            seen[path] = hashlib.sha256(text).hexdigest()
            continue
        waiting += _imports(tree, path, project_dir.resolve())
        try:
            seen[path] = ast.dump(without_narration(tree) if narrated and path in given else tree)
        except RecursionError:  # an expression of hundreds of terms: take the text as it is
            seen[path] = hashlib.sha256(text).hexdigest()
    return _digest([seen[path] for path in sorted(seen)])


def _imports(tree: ast.AST, path: Path, project_dir: Path) -> Iterator[Path]:
    """Yield the files of the project that `tree` imports, from its own folder or the project's.

    They are found without importing anything; a computed module name is not found.
    """
    either = [path.parent, project_dir]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _places_of(alias.name, either)
        elif isinstance(node, ast.ImportFrom):
            # One dot is the file's own folder, each further one the folder above.
            above = min(node.level, len(path.parents)) - 1
            folders = [path.parents[above]] if node.level else either
            for alias in node.names:
                yield from _places_of(f"{node.module or ''}.{alias.name}".strip("."), folders)
        elif isinstance(node, ast.Call) and _name(node.func) in ("import_module", "__import__"):
            for word in node.args[:1]:
                if isinstance(word, ast.Constant) and isinstance(word.value, str) and word.value:
                    yield from _places_of(word.value, either)


def _places_of(name: str, folders: Sequence[Path]) -> Iterator[Path]:
    """Yield the files in `folders` that importing `name` runs, those of its packages first."""
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        for folder in folders:
            place = folder.joinpath(*parts[:length])
            candidates = (place.with_suffix(".py"), place / "__init__.py")
            yield from (c.resolve() for c in candidates if c.is_file())


def _name(node: ast.expr) -> str:
    return str(getattr(node, "attr", None) or getattr(node, "id", ""))
