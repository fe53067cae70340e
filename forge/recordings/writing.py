"""The file of a module that is made of a recording."""

from __future__ import annotations

from pathlib import Path

from forge.errors import UsageError

FORCE_HINT = "name another with --out, or add --force to replace it"


def refuse_existing(path: Path, *, force: bool) -> None:
    """Refuse to write over a file of the user's.

    Raises:
        UsageError: `path` exists and `force` is False, or it is not a file.
    """
    if path.exists() and not (force and path.is_file()):
        hint = FORCE_HINT if path.is_file() else "name another file with --out"
        raise UsageError(f"{path} is there already", hint=hint)
