"""Make pydantic's validators of forge's own classes without a search for plugins.

Before its first validator, pydantic reads the metadata of every installed package, to find plugins
of its own: 25 ms where 200 packages are installed. Users' classes get their plugins as ever.
"""

from __future__ import annotations

import os

from pydantic import BaseModel

SWITCH = "PYDANTIC_DISABLE_PLUGINS"


def make_validators(*kinds: type[BaseModel]) -> None:
    """Make the validators of `kinds`, if they are not made; a kind comes after those in it."""
    missing = [kind for kind in kinds if not kind.__pydantic_complete__]
    if not missing:
        return
    before = os.environ.get(SWITCH)
    os.environ[SWITCH] = "__all__"
    try:
        for kind in missing:
            kind.model_rebuild()
    finally:
        if before is None:
            del os.environ[SWITCH]
        else:
            os.environ[SWITCH] = before
