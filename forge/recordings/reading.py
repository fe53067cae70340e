"""A recording's file: which tool wrote it, and what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from forge.errors import ProjectError, UsageError
from forge.recordings.chrome_recorder import read_chrome_recording
from forge.recordings.events import Event, Recording
from forge.recordings.selenium_ide import read_side_project

KINDS_HINT = (
    "forge reads recordings of Chrome (DevTools › Recorder › Export › JSON) and of Selenium IDE"
    " (.side)"
)
LARGEST_BYTES = 50_000_000


def read_recordings(path: Path) -> list[Recording]:
    """Return the recordings in a file: one of Chrome's Recorder, or the tests of Selenium IDE.

    Raises:
        UsageError: the file cannot be read.
        ProjectError: it is no recording, is empty, or is of an unknown version.
    """
    said = _object(path)
    if "steps" in said:
        found = [read_chrome_recording(said, str(path))]
    elif "tests" in said:
        found = read_side_project(said, str(path))
    else:
        raise ProjectError(f"{path} is no recording", hint=KINDS_HINT)
    filled = [recording for recording in found if any(map(_acts, recording.events))]
    if not filled:
        raise ProjectError(
            f"{path}: nothing is done in this recording", hint="record it again, and export it"
        )
    return filled


def _acts(event: Event) -> bool:
    return event.kind not in ("lost", "wait", "gone", "expect")


def _object(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ProjectError(f"{path} is too large for a recording", hint=KINDS_HINT)
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as problem:
        raise UsageError(f"{path} cannot be read: {problem.strerror}") from problem
    except UnicodeDecodeError as problem:
        raise ProjectError(f"{path} is no recording: it is not UTF-8", hint=KINDS_HINT) from problem
    if not text.strip():
        raise ProjectError(f"{path} is empty", hint="export the recording again")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise ProjectError(f"{path} is no JSON: {problem}", hint=KINDS_HINT) from problem
    if not isinstance(said, dict):
        raise ProjectError(f"{path} is no recording", hint=KINDS_HINT)
    return said
