"""forge: scripted browser walkthroughs become narrated tutorial videos.

What a tutorial or an adapter needs is importable from here: `Tutorial`, `Adapter`, `By`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selenium.webdriver.common.by import By

    from forge.adapters.contract import Adapter
    from forge.tutorial import Tutorial

__version__ = "0.1.0"
__all__ = ["Adapter", "By", "Tutorial", "__version__"]

# The client's layout keeps workers/ and adapters/ beside forge/. They are imported as
# forge.workers and forge.adapters (a user's project may well have folders of those names);
# in a bare checkout, where nothing is installed, this makes the repository root part of us.
_HERE = Path(__file__).resolve().parent
if not (_HERE / "workers").is_dir() and (_HERE.parent / "workers" / "lane.py").is_file():
    __path__.append(str(_HERE.parent))


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
