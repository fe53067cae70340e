"""Imports: the arrows between the rooms (docs/architecture.md), and what importing forge costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.loaded import modules_of
from tests.support.project import ROOT, Project

MODEL = {"model", "errors", "text"}
FILES = {"store", *MODEL}

#: What each room may import besides itself. A name stands for a module, or for a room and all
#: that is in it. A module is in the innermost room that is named here.
ARROWS: dict[str, set[str]] = {
    "text": set(),
    "version": set(),
    "collector": set(),
    "errors": {"text"},
    "model": {"errors", "text"},
    "store": {*MODEL, "version"},
    "locators": MODEL,
    "waits": {"locators", "project.load_module", *MODEL},
    "tutorial": {"locators", "waits", "project.load_module", *MODEL},
    "project": {"tutorial", *FILES},
    # Recordings of other tools become tutorials: nothing of it runs in a render.
    "recordings": {"tutorial", "store.atomic", *MODEL},
    "batch": MODEL,
    "cluster": {
        "batch.lanes",
        "workers.entry",
        "workers.hello",
        "workers.hosting",
        "workers.job.workspace",
        "workers.lane",
        "workers.run_dir",
        "workers.setup",
        "version",
        *FILES,
    },
    "report": {*FILES, "version"},
    "commands": {
        "workers.checks",
        "workers.hello",
        "workers.lane",
        "workers.prompt",
        "workers.run_dir",
        "workers.setup",
        "workers.studio",
        "watching",
        "project",
        "recordings",
        "batch",
        "cluster",
        "workers.hosting",
        "report",
        "tutorial",
        "version",
        *FILES,
    },
    # One process alone imports `workers.watching`: it forks for each piece of work.
    "watching": {"collector", "project", "workers.checks", "workers.watching", *FILES},
    "cli": {
        "collector",
        "commands",
        "report.console",
        "report.streams",
        "store.crash_file",
        "errors",
        "text",
        "version",
    },
    "__main__": {"cli"},
    # The public face imports what it shows on first use.
    "": {
        "adapters.contract",
        "commands",
        "locators",
        "tutorial",
        "version",
        "waits",
        "workers.recording.type_into",
    },
    "adapters": {"locators", "project.load_module", "store.atomic", "waits", *MODEL},
    "workers": {"collector", "project.load_module", "workers.real_time", *FILES},
    "workers.checks": {"workers", "adapters", *FILES},
    "workers.hello": {
        "workers.checks",
        "workers.packages",
        "workers.recording.browser",
        "workers.speaking",
        "version",
        *FILES,
    },
    "workers.studio": {"workers", "adapters", "tutorial", "project.load_module", *FILES},
    "workers.prompt": {"workers", "adapters", "locators", "tutorial", *FILES},
    "workers.watching": {"workers", "adapters", "project.load_module", "tutorial", *FILES},
    "workers.job": {
        "workers",
        "adapters",
        "project.late_selenium",
        "project.plan",
        "tutorial",
        *FILES,
    },
    "workers.hosting": {
        "workers.checks",
        "workers.entry",
        "workers.hello",
        "workers.lane",
        "workers.real_time",
        "workers.run_dir",
        "workers.setup",
        "version",
        *FILES,
    },
    # A browser that a person uses: `forge record`.
    "workers.tracking": {
        "workers.guard",
        "workers.real_time",
        "workers.recording.browser",
        "workers.recording.hand",
        "workers.recording.javascript",
        *MODEL,
    },
    "workers.real_time": set(),
    "workers.jpeg_rows": set(),
    "workers.packages": set(),
    "workers.meter": set(),
    "workers.quiet_numpy": set(),
    "workers.speaking": {"workers.meter", "workers.real_time", *FILES},
    "workers.recording": {
        "workers.recording",
        "workers.background",
        "workers.real_time",
        "workers.guard",
        "workers.slots",
        "adapters.contract",
        "locators",
        "project.load_module",
        "tutorial",
        "waits",
        *FILES,
    },
    "workers.recording.frame_path": set(),
    "workers.recording.javascript": set(),
    "workers.recording.virtual": {
        "workers.recording.virtual.tutorial_time",
        "workers.recording.virtual.page_time",
        "workers.recording.virtual.windows",
        "workers.recording.virtual.pixels",
        "workers.background",
        "workers.real_time",
        "workers.recording.recorder",
        "workers.recording.frame_path",
        "workers.recording.frame_store",
        "workers.recording.browser",
        "workers.recording.hand",
        *MODEL,
    },
    "workers.recording.virtual.tutorial_time": {
        "workers.recording.virtual.page_time",
        "workers.recording.virtual.windows",
        "workers.real_time",
        "workers.recording.recorder",
        "workers.recording.browser",
        *MODEL,
    },
    "workers.recording.virtual.page_time": {
        "workers.recording.virtual.windows",
        "workers.recording.virtual.pixels",
        "workers.background",
        "workers.real_time",
        "workers.recording.browser",
        *MODEL,
    },
    "workers.recording.virtual.windows": {
        "workers.recording.virtual.pixels",
        "workers.real_time",
        "workers.recording.javascript",
        "workers.recording.browser",
        "workers.recording.hand",
        *MODEL,
    },
    "workers.recording.virtual.pixels": {
        "workers.jpeg_rows",
        "workers.recording.frame_store",
        "workers.real_time",
        *MODEL,
    },
    "workers.recording.screencast": {
        "workers.recording.javascript",
        "workers.real_time",
        "workers.recording.recorder",
        "workers.recording.frame_store",
        "workers.recording.browser",
        "workers.recording.hand",
        *MODEL,
    },
    "workers.recording.browser": {
        "workers.guard",
        "workers.real_time",
        "workers.slots",
        "workers.recording.frame_path",
        "workers.recording.javascript",
        "locators",
        *MODEL,
    },
    "workers.recording.hand": {
        "workers.recording.frame_path",
        "workers.recording.javascript",
        *MODEL,
    },
    "workers.composing": {
        "workers.composing",
        "workers.meter",
        "workers.background",
        "workers.real_time",
        *FILES,
    },
    "workers.composing.encoding": {
        "workers.composing.painting",
        "workers.composing.sound",
        "workers.composing.storyboard",
        "workers.composing.text",
        "workers.meter",
        *MODEL,
    },
    "workers.composing.sidecars": {
        "workers.composing.painting",
        "workers.composing.storyboard",
        "workers.composing.text",
        *FILES,
    },
    "workers.composing.painting": {
        "workers.jpeg_rows",
        "workers.packages",
        "workers.composing.storyboard",
        "workers.composing.text",
        *FILES,
    },
    "workers.composing.storyboard": {"workers.composing.text", *MODEL},
    "workers.composing.sound": {
        "workers.meter",
        "workers.speaking.levels",
        "workers.speaking.wav",
        *FILES,
    },
    "workers.composing.text": MODEL,
}

#: (importing module, imported module): why.
EXCEPTIONS: dict[tuple[str, str], str] = {}


#: What only a render needs, or what users' files import in processes of their own.
LARGE = (
    "av", "cv2", "dask", "distributed", "fontTools", "moviepy", "numpy", "PIL", "pyttsx3",
    "pydantic_settings", "selenium",
)  # fmt: skip


class Import(NamedTuple):
    module: str  # dotted, without "forge."
    line: int
    imported: str


def modules() -> dict[str, Path]:
    """The modules of forge by their names, which begin after `forge.`."""
    found = {}
    for folder in ("forge", "workers", "adapters"):
        for path in sorted((ROOT / folder).rglob("*.py")):  # does not follow links
            parts = path.relative_to(ROOT).with_suffix("").parts
            parts = parts[folder == "forge" :]
            found[".".join(parts).removesuffix("__init__").removesuffix(".")] = path
    return found


MODULES = modules()


def imports(text: str, module: str) -> Iterator[Import]:
    """The imports of `text`, at any place in it; `from package import module` gives the module."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        names = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: a relative import"
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [i if i.removeprefix("forge.") in MODULES else str(node.module) for i in inner]
        yield from (Import(module, node.lineno, name) for name in names)


def within(module: str, rooms: Iterable[str]) -> bool:
    return any(module == room or module.startswith(f"{room}.") for room in rooms)


def room_of(module: str) -> str:
    """The room with arrows of its own that `module` lies in, the innermost one."""
    while module and module not in ARROWS:
        module = module.rpartition(".")[0]
    return module


def points_the_wrong_way(found: Import) -> bool:
    top, _, imported = found.imported.partition(".")
    if top in ("workers", "adapters", "tests", "benchmarks", "examples"):
        return True
    if top != "forge" or (found.module, imported) in EXCEPTIONS:
        return False
    if not imported:
        return room_of(found.module) != ""  # the public face is for users
    room = room_of(found.module)
    return room_of(imported) != room and not within(imported, ARROWS[room])


def all_imports() -> list[Import]:
    return [
        found
        for module, path in MODULES.items()
        for found in imports(path.read_text(encoding="utf-8"), module)
    ]


def test_every_import_follows_an_arrow() -> None:
    found = all_imports()
    assert len(found) > 200
    wrong = [f"{i.module}:{i.line} imports {i.imported}" for i in found if points_the_wrong_way(i)]
    assert not wrong, "\n".join(wrong)


def test_exceptions_are_few_and_needed() -> None:
    used = {(found.module, found.imported.removeprefix("forge.")) for found in all_imports()}
    assert set(EXCEPTIONS) <= used
    assert len(EXCEPTIONS) <= 3
    assert all(EXCEPTIONS.values())


def test_no_module_imports_itself_by_a_detour() -> None:
    graph: dict[str, set[str]] = {module: set() for module in MODULES}
    for found in all_imports():
        target = found.imported.removeprefix("forge.")
        if found.imported.startswith("forge.") and target != found.module:
            graph[found.module].add(target)
    assert list(circles(graph)) == []


def circles(graph: dict[str, set[str]]) -> Iterator[list[str]]:
    """Every strongly connected component of two modules or more (Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []

    def visit(node: str) -> Iterator[list[str]]:
        index[node] = low[node] = len(index)
        stack.append(node)
        for following in sorted(graph.get(node, ())):
            if following not in index:
                yield from visit(following)
                low[node] = min(low[node], low[following])
            elif following in stack:
                low[node] = min(low[node], index[following])
        if low[node] == index[node]:
            at = stack.index(node)
            component = stack[at:]
            del stack[at:]
            if len(component) > 1:
                yield sorted(component)

    for node in sorted(graph):
        if node not in index:
            yield from visit(node)


def test_a_circle_is_found() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}
    assert list(circles(graph)) == [["b", "c"]]


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("batch.loop", "from forge.workers.job.pipeline import render"),
        ("batch.loop", "def f():\n    from forge.workers import entry"),
        ("commands.render", "from forge.workers.recording import phase"),
        ("project.plan", "from forge.adapters.loading import load_adapter"),
        ("project.plan", "import workers"),
        ("report.html.page", "from forge.project import shards"),
        ("model.take", "from forge.store import private"),
        ("workers.lane", "from adapters.contract import Adapter"),
        ("workers.lane", "from forge.batch.loop import run_batch"),
        ("workers.lane", "from forge import cli"),
        ("workers.lane", "from forge.workers.job import pipeline"),
        ("workers.recording.hand.hand", "from forge.workers.recording.virtual import clock"),
        ("workers.composing.text.cues", "from forge.workers.composing.painting import theme"),
        ("adapters.contract", "from forge.workers import lane"),
        ("cli", "from tests.support.project import ROOT"),
    ],
)
def test_an_import_against_the_arrows_is_found(module: str, text: str) -> None:
    assert any(points_the_wrong_way(found) for found in imports(text, module))


@pytest.mark.parametrize(
    "statement",
    [
        "import forge.commands.batch",
        "import forge",
        "from forge import Tutorial",
        "import forge.cli",
        "import forge.workers.lane",
        "import forge.commands.seats",
        "import forge.workers.entry, forge.workers.job.pipeline",
    ],
)
def test_starting_loads_no_large_library(
    statement: str, command_environment: dict[str, str], tmp_path: Path
) -> None:
    assert loaded_by(statement, LARGE, command_environment, tmp_path) == ("[]", "")


@pytest.mark.parametrize(("words", "most"), [(["--help"], 130), (["list"], 400)])
def test_command_loads_few_modules(
    words: list[str], most: int, project: Project, command_environment: dict[str, str]
) -> None:
    loaded = modules_of(words, project, command_environment)
    assert len(loaded) < most
    assert not loaded.intersection(LARGE)


def test_checks_of_a_batch_load_no_numpy_and_no_pyav(
    command_environment: dict[str, str], tmp_path: Path
) -> None:
    """The process of `forge render` looks at voice and fonts, and leaves the rest to workers."""
    checks = "import forge.workers.speaking.voice, forge.workers.composing.painting.theme"
    assert loaded_by(checks, ("numpy", "av"), command_environment, tmp_path) == ("[]", "")


def loaded_by(
    statement: str, modules: Sequence[str], environment: dict[str, str], folder: Path
) -> tuple[str, str]:
    """Return what a program prints that runs `statement`: those of `modules` that it has loaded.

    The second text is what it prints to stderr.
    """
    program = f"{statement}\nimport sys\nprint([m for m in {modules!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip(), done.stderr
