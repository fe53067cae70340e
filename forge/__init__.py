"""forge: scripted browser walkthroughs become narrated tutorial videos.

What tutorials, adapters and programs that render need is importable from here: `Tutorial`,
`Adapter`, `Context`, `Slot`, `By`, `render`, `BatchOutcome`; locators (`button`, `link`, `field`,
`tab`, `option`, `menu`, `heading`, `text`, `within`) waits (`gone`, `count`, `idle`, `wait`),
and `type_into`.
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
    from forge.locators import button, field, heading, link, menu, option, tab, text, within
    from forge.tutorial import Tutorial
    from forge.waits import count, gone, idle, wait
    from forge.workers.recording.type_into import type_into

__all__ = [
    "Adapter",
    "BatchOutcome",
    "By",
    "Context",
    "Slot",
    "Tutorial",
    "__version__",
    "button",
    "count",
    "field",
    "gone",
    "heading",
    "idle",
    "link",
    "menu",
    "option",
    "render",
    "tab",
    "text",
    "type_into",
    "wait",
    "within",
]

_MODULES = {
    "Adapter": "forge.adapters.contract",
    "BatchOutcome": "forge.commands.request",
    "By": "selenium.webdriver.common.by",
    "Context": "forge.adapters.contract",
    "Slot": "forge.adapters.contract",
    "Tutorial": "forge.tutorial",
    "button": "forge.locators",
    "count": "forge.waits",
    "field": "forge.locators",
    "gone": "forge.waits",
    "heading": "forge.locators",
    "idle": "forge.waits",
    "link": "forge.locators",
    "menu": "forge.locators",
    "option": "forge.locators",
    "render": "forge.commands.api",
    "tab": "forge.locators",
    "text": "forge.locators",
    "wait": "forge.waits",
    "within": "forge.locators",
    "type_into": "forge.workers.recording.type_into",
}

# Python binds the package `forge.text` to the name `text` when it loads it. After this, `text` is
# the locator on first use, as the other names, and modules of the package are still found.
import_module("forge.text")
del globals()["text"]


def __getattr__(name: str) -> Any:
    """Import the public names on first use: Selenium alone costs a third of a second."""
    if name not in _MODULES:
        raise AttributeError(f"module 'forge' has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return __all__
