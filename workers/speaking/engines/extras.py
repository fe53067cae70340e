"""Packages that a voice needs and forge itself does not bring."""

from __future__ import annotations

from importlib.util import find_spec

from forge.errors import MachineError


def need(module: str, extra: str) -> None:
    """Check that `module`, which the extra `extra` brings, is installed; do not import it.

    Raises:
        MachineError: it is not installed; the hint names the extra.
    """
    if find_spec(module) is None:
        raise MachineError(
            f"voice.engine = {extra!r} needs the package {module!r}, which is not installed",
            hint=f"pip install 'forge-tutorials[{extra}]'",
        )
