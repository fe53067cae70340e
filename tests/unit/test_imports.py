"""Imports point one way (docs: ARCHITECTURE), and importing forge costs nothing big."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import ROOT

#: The records of the product and what reads them: plain data that every folder may know.
RECORDS = {
    "forge.clocks",
    "forge.errors",
    "forge.text",
    "forge.regular",
    "forge.records",
    "forge.settings",
    "forge.speech",
    "forge.fingerprint",
    "forge.take",
    "forge.layout",
    "forge.cards",
    "forge.pace",
    "forge.motion",
    "forge.parts",
    "forge.notes",
    "forge.locks",
    "forge.claims",
    "forge.private",
    "forge.redact",
}
#: How a user's own files get into a process: the path crosses its boundary, the worker loads.
LOADING = {"forge.modules", "forge.tutorial", "forge.plan"}

WORKERS_MAY = RECORDS | LOADING | {"forge.adapters.contract", "forge.adapters.loading"}
ADAPTERS_MAY = RECORDS | {"forge.modules"}

#: What forge/ may know of the workers: the lane API, and for each module that looks over the
#: machine before anything starts, the finders it asks.
LANE_API = {"forge.workers", "forge.workers.guard", "forge.workers.lane", "forge.workers.slots"}
ALSO = {
    ("forge/doctor.py", "forge.workers.recording.browser"),
    ("forge/doctor.py", "forge.workers.recording.phase"),  # doctor --setup runs a real set-up
    ("forge/doctor.py", "forge.workers.recording.users_code"),
    ("forge/preflight.py", "forge.workers.recording.browser"),
    ("forge/gallery.py", "forge.workers.composing.thumbnail"),  # what a finished video looks like
    ("forge/preflight.py", "forge.workers.composing.music"),
    ("forge/preflight.py", "forge.workers.speaking.voice"),
    ("forge/preflight.py", "forge.workers.composing.theme"),
    ("forge/__init__.py", "forge.adapters.contract"),  # `from forge import Adapter`
    ("forge/doctor.py", "forge.adapters.contract"),
    ("forge/doctor.py", "forge.adapters.loading"),
    ("forge/preflight.py", "forge.adapters.loading"),
    # Commands that do a part of a render in this very process.
    ("forge/preview.py", "forge.adapters.contract"),
    ("forge/preview.py", "forge.adapters.loading"),
    ("forge/preview.py", "forge.workers.recording.phase"),
    ("forge/preview.py", "forge.workers.recording.browser"),
    ("forge/preview.py", "forge.workers.recording.users_code"),
    ("forge/preview.py", "forge.workers.composing.phase"),
    ("forge/preview.py", "forge.workers.composing.pictures"),
    ("forge/preview.py", "forge.workers.composing.theme"),
    ("forge/gif.py", "forge.workers.composing.theme"),
    ("forge/gif.py", "forge.workers.composing.gif"),
    ("forge/gif.py", "forge.workers.composing.phase"),
    ("forge/gif.py", "forge.workers.composing.pictures"),
    # "did you mean …?" is asked for voices too.
    ("workers/speaking/espeak.py", "forge.discovery"),
    ("workers/speaking/voice.py", "forge.discovery"),
}


class Import(NamedTuple):
    file: str
    line: int
    module: str


def imports(text: str, file: str) -> Iterator[Import]:
    """Every import of `text`, wherever it stands; `from package import module` gives both."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(file, node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: a relative import"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                is_module = (ROOT / f"{inner.replace('.', '/')}.py").is_file() or any(
                    (ROOT / inner.removeprefix("forge.").replace(".", "/")).with_suffix(s).exists()
                    for s in ("", ".py")
                )
                known = inner.startswith("forge.") and is_module
                yield Import(file, node.lineno, inner if known else str(node.module))


def points_the_wrong_way(found: Import) -> bool:
    top, folder = found.module.split(".")[0], found.file.split("/")[0]
    if top in ("workers", "adapters", "tests", "benchmarks", "examples"):
        return True
    if top != "forge" or (found.file, found.module) in ALSO:
        return False
    own = "forge." if folder == "forge" else f"forge.{folder}"
    if folder == "forge":
        part = found.module.split(".")[1] if "." in found.module else ""
        return part in ("workers", "adapters") and found.module not in LANE_API
    allowed = {"workers": WORKERS_MAY, "adapters": ADAPTERS_MAY}[folder]
    return not (found.module.startswith(own) or found.module in allowed)


def all_imports() -> list[Import]:
    return [
        found
        for folder in ("forge", "workers", "adapters")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for found in imports(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))
    ]


def test_every_import_points_the_right_way() -> None:
    found = all_imports()
    assert len(found) > 200
    wrong = [f"{i.file}:{i.line} imports {i.module}" for i in found if points_the_wrong_way(i)]
    assert wrong == []


def test_every_exception_is_still_needed() -> None:
    used = {(found.file, found.module) for found in all_imports()}
    assert used >= ALSO


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("forge/batch.py", "from forge.workers.pipeline import render"),
        ("forge/batch.py", "def f():\n    from forge.workers import entry"),
        ("forge/plan.py", "from forge.adapters.loading import load_adapter"),
        ("forge/plan.py", "import workers"),
        ("workers/lane.py", "from adapters.contract import Adapter"),
        ("workers/lane.py", "from forge.batch import run_batch"),
        ("workers/lane.py", "from forge import cli"),
        ("adapters/contract.py", "from forge.workers import lane"),
        ("adapters/contract.py", "from forge.plan import Plan"),
        ("forge/cli.py", "from tests.conftest import ROOT"),
    ],
)
def test_an_import_that_points_the_wrong_way_is_found(file: str, text: str) -> None:
    assert any(points_the_wrong_way(found) for found in imports(text, file))


@pytest.mark.parametrize(
    "statement",
    ["import forge", "from forge import Tutorial", "import forge.cli", "import forge.workers.lane"],
)
def test_starting_loads_neither_selenium_nor_moviepy(
    statement: str, command_environment: dict[str, str], tmp_path: Path
) -> None:
    heavy = ("selenium", "moviepy", "av", "numpy", "pyttsx3")
    program = f"{statement}\nimport sys\nprint([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env=command_environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
