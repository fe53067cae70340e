"""Writing a module that was made of a recording."""

from __future__ import annotations

from pathlib import Path

from forge.errors import MachineError, UsageError
from forge.recordings.module_text import ModuleText
from forge.store.atomic import whole

FORCE_HINT = "name another with --out, or add --force to replace it"


def refuse_existing(path: Path, *, force: bool) -> None:
    """Refuse to write over a file of the user's.

    Raises:
        UsageError: `path` exists and `force` is False, or it is not a file.
    """
    if path.exists() and not (force and path.is_file()):
        hint = FORCE_HINT if path.is_file() else "name another file with --out"
        raise UsageError(f"{path} is there already", hint=hint)


def write_module(path: Path, module: ModuleText) -> None:
    """Write a module, and its folder if it is missing.

    Raises:
        MachineError: that does not work.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as part:
            part.write_text(module.text, encoding="utf-8")
    except OSError as problem:
        raise MachineError(f"{path} cannot be written: {problem}") from problem
