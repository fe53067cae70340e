"""A project that is really rendered, by the command, as a user would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forge.model.take import Take, read_take
from forge.model.timeline import Manifest, read_manifest
from tests.support.project import ROOT

FEATURES = ROOT / "tests" / "render" / "features"
RENDER_TIMEOUT_S = 150


@dataclass
class Project:
    """A project folder, and how its last render ended."""

    folder: Path
    code: int = -1
    output: str = ""

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def render(self, *args: str, **env: str) -> Project:
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
        """Render, and insist that it worked."""
        self.render(*args, **env)
        assert self.code == 0, self.output + self.logs()
        return self

    def log(self, name: str) -> str:
        """A log of the last batch: `batch`, `lane-0`, `jobs/<job>`."""
        return (self.folder / ".forge" / "logs" / "latest" / f"{name}.log").read_text()

    def logs(self) -> str:
        return "".join(p.read_text() for p in self.folder.glob(".forge/logs/2*/**/*.log"))

    def batch(self) -> list[dict[str, Any]]:
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


SMALL = """
    [voice]
    engine = "silent"
    [video]
    width = 640
    height = 360
    clock = "elastic"
"""


@contextmanager
def busy_machine(hogs: int = 2) -> Iterator[None]:
    """Somebody else wants every processor."""
    with ExitStack() as stack:
        for _ in range(hogs):
            hog = subprocess.Popen([sys.executable, "-c", "while True: pass"])
            stack.callback(hog.wait)
            stack.callback(hog.kill)
        yield


def page(body: str, script: str = "") -> str:
    """A page as a URL, small enough to stand in a tutorial."""
    tag = "<script>" + script + "</script>" if script else ""
    return f"data:text/html,<body style='margin:0'>{body}{tag}"
