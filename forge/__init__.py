"""forge: scripted browser walkthroughs become narrated tutorial videos.

What tutorials, adapters and programs that render need is importable from here: `Tutorial`,
`Adapter`, `Context`, `Slot`, `By`, `render`, `BatchOutcome`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from forge.version import __version__

if TYPE_CHECKING:
    from selenium.webdriver.common.by import By

    from forge.adapters.contract import Adapter, Context, Slot
    from forge.commands.api import render
    from forge.commands.request import BatchOutcome
    from forge.tutorial import Tutorial

__all__ = [
    "Adapter",
    "BatchOutcome",
    "By",
    "Context",
    "Slot",
    "Tutorial",
    "__version__",
    "render",
]

_MODULES = {
    "Adapter": "forge.adapters.contract",
    "BatchOutcome": "forge.commands.request",
    "By": "selenium.webdriver.common.by",
    "Context": "forge.adapters.contract",
    "Slot": "forge.adapters.contract",
    "Tutorial": "forge.tutorial",
    "render": "forge.commands.api",
}


def __getattr__(name: str) -> Any:
    """Import the public names on first use: Selenium alone costs a third of a second."""
    if name not in _MODULES:
        raise AttributeError(f"module 'forge' has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return __all__
