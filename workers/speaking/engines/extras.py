"""Voices that need more than forge itself brings."""

from __future__ import annotations

from importlib.util import find_spec

from forge.errors import MachineError


def need(module: str, extra: str) -> None:
    """Make sure that `module` of the extra `extra` is installed, without importing it.

    Raises:
        MachineError: it is not (names the extra).
    """
    if find_spec(module) is None:
        raise MachineError(
            f"voice.engine = {extra!r} needs the package {module!r}, which is not installed",
            hint=f"pip install 'forge-tutorials[{extra}]'",
        )
