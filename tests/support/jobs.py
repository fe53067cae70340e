"""Jobs for tests, in as few words as they need."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from forge.model.machine import Machine
from forge.model.records import Job, Line

MACHINE = Machine(browser=Path("/b"), driver=Path("/d"), clock="auto")


def job(
    name: str = "tour", lang: str | None = None, *, steps: int = 1, words: int = 10, **fields: Any
) -> Job:
    """Return a job of `steps` lines of `words` words each; `fields` are any others of `Job`."""
    text = " ".join(["word"] * words)
    made = {
        "index": 0,
        "title": "",
        "tutorial_file": f"/{name}.py",
        "voice": None,
        "lines": tuple(Line(step=f"s{number}", text=text) for number in range(steps)),
    }
    return Job.model_validate({**made, **fields, "id": name, "lang": lang})
