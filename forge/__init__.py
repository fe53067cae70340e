"""forge: scripted browser walkthroughs become narrated tutorial videos.

What a tutorial or an adapter needs is importable from here: `Tutorial`, `Adapter`, `By`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from forge.version import __version__

if TYPE_CHECKING:
    from selenium.webdriver.common.by import By

    from forge.adapters.contract import Adapter
    from forge.tutorial import Tutorial

__all__ = ["Adapter", "By", "Tutorial", "__version__"]


def __getattr__(name: str) -> Any:
    """Import the public names on first use: Selenium alone costs a third of a second."""
    if name == "Tutorial":
        from forge.tutorial import Tutorial

        return Tutorial
    if name == "Adapter":
        from forge.adapters.contract import Adapter

        return Adapter
    if name == "By":
        from selenium.webdriver.common.by import By

        return By
    raise AttributeError(f"module 'forge' has no attribute {name!r}")
