"""The modules that a command has loaded when it ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence

from tests.support.project import Project

PROGRAM = """
import sys
from forge.cli import console
try:
    code = console(sys.argv[1:])
except SystemExit as ended:  # of --help
    code = ended.code
print("modules:", *sys.modules, file=sys.stderr)
sys.exit(code)
"""


def modules_of(words: Sequence[str], project: Project, env: Mapping[str, str]) -> set[str]:
    """Run `forge <words>` in the folder of `project`; return the modules of its own process."""
    _, _, names = errors_of(PROGRAM, words, project, env).rpartition("modules:")
    return set(names.split())


def errors_of(program: str, words: Sequence[str], project: Project, env: Mapping[str, str]) -> str:
    """Run a Python program with `words` in the folder of `project`; return its error output.

    It must succeed.
    """
    done = subprocess.run(
        [sys.executable, "-P", "-c", program, *words],
        env=env,
        cwd=project.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stderr
