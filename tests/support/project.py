"""A project on disk, and the `forge` command that runs in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from forge.model.take import Take
from forge.model.timeline import Manifest
from forge.store.job_files import read_manifest, read_take

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"
RENDER_TIMEOUT_S = 150

FORGE_TOML = """\
[voice]
engine = "silent"
"""

TOUR = '''\
from forge import Tutorial

tour = Tutorial("A small tour", id="tour")


@tour.step
def welcome(browser):
    """Welcome to this small tour."""


@tour.step
def look_around(browser, ctx):
    """Look around."""
'''

#: The same, whose first step has an action at a word.
MARKED_TOUR = TOUR.replace("to this", "to {here} this").replace(
    'tour."""', 'tour."""\n    browser.refresh()'
)


@dataclass
class Project:
    """A project folder that tests write into and render; `code` and `output` of the last render."""

    folder: Path
    code: int = -1
    output: str = ""

    def write(self, name: str, text: str) -> Path:
        """Write `text`, dedented, into the project's file `name`."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def write_tour(self, name: str, tutorial_id: str) -> Path:
        """Write a valid tutorial of two steps with that id."""
        return self.write(f"tutorials/{name}.py", TOUR.replace('"tour"', f'"{tutorial_id}"'))

    def render(self, *args: str, **env: str) -> Project:
        """Run `forge render` with `args`, in this environment and `env`."""
        done = subprocess.run(
            [sys.executable, "-P", "-m", "forge", "render", "--project", str(self.folder), *args],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **env},
            capture_output=True,
            text=True,
            timeout=RENDER_TIMEOUT_S,
            check=False,
        )
        self.code, self.output = done.returncode, done.stdout + done.stderr
        return self

    def rendered(self, *args: str, **env: str) -> Project:
        """Render; fail the test with all logs if that fails."""
        self.render(*args, **env)
        assert self.code == 0, self.output + self.logs()
        return self

    def log(self, name: str) -> str:
        """Return a log of the last batch: `batch`, `lane-0`, `jobs/<job>`."""
        return (self.folder / ".forge" / "logs" / "latest" / f"{name}.log").read_text()

    def logs(self) -> str:
        """Return the logs of all batches."""
        return "".join(p.read_text() for p in self.folder.glob(".forge/logs/2*/**/*.log"))

    def batch(self) -> list[dict[str, Any]]:
        """Return the results in `dist/batch.json`."""
        found: list[dict[str, Any]] = json.loads((self.folder / "dist" / "batch.json").read_text())
        return found

    def work(self, job: str) -> Path:
        return self.folder / ".forge" / job

    def take(self, job: str) -> Take:
        return read_take(self.work(job))

    def manifest(self, job: str) -> Manifest:
        return read_manifest(self.work(job))

    def video(self, job: str) -> Path:
        return self.folder / "dist" / f"{job}.mp4"


class ForgeCommand(Protocol):
    """Runs `forge <args>` in a process of its own, in the folder `cwd`."""

    def __call__(
        self, *args: str, cwd: Path, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]: ...
