"""A command with closed stdin, stdout or stderr, as some schedulers start it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.project import Project


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_batch_runs_with_closed_descriptors(
    closed: str, project: Project, command_environment: dict[str, str], nothing_left_behind: Path
) -> None:
    forge = [sys.executable, "-P", "-m", "forge", "render", "--phase", "speak"]
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *forge],
        cwd=project.folder,
        env={**command_environment, "TMPDIR": str(nothing_left_behind)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (entry,) = json.loads((project.folder / "dist" / "batch.json").read_text(encoding="utf-8"))
    assert (entry["status"], entry["attempts"]) == ("done", 1)
    told = done.stdout + done.stderr
    assert "Traceback" not in told
    assert ("1 done, 0 failed" in done.stdout) is (">&-" not in closed.split())
