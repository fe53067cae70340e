"""Adapters start the app of a tutorial and bring it into a known state.

The adapters that `[app]` stands for, and the copies of data, are importable from here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forge.adapters.data_copy import DataCopy
    from forge.adapters.folder_copy import FolderCopy
    from forge.adapters.postgres import PostgresTemplate
    from forge.adapters.remote_app import RemoteApp
    from forge.adapters.server_app import ServerApp
    from forge.adapters.sqlite_copy import SqliteCopy
    from forge.adapters.static_site import StaticSite


__all__ = [
    "DataCopy",
    "FolderCopy",
    "PostgresTemplate",
    "RemoteApp",
    "ServerApp",
    "SqliteCopy",
    "StaticSite",
]

_MODULES = {
    "DataCopy": "forge.adapters.data_copy",
    "FolderCopy": "forge.adapters.folder_copy",
    "PostgresTemplate": "forge.adapters.postgres",
    "RemoteApp": "forge.adapters.remote_app",
    "ServerApp": "forge.adapters.server_app",
    "SqliteCopy": "forge.adapters.sqlite_copy",
    "StaticSite": "forge.adapters.static_site",
}


def __getattr__(name: str) -> Any:
    """Import the classes on first use: few projects need all of them."""
    if name not in _MODULES:
        raise AttributeError(f"module 'forge.adapters' has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return __all__
