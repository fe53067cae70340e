from __future__ import annotations

from pathlib import Path

import pytest

from forge import Adapter
from forge.adapters.contract import NoAdapter
from forge.adapters.data_copy import DataCopy
from forge.adapters.folder_copy import FolderCopy
from forge.adapters.server_app import ServerApp
from forge.adapters.sqlite_copy import SqliteCopy
from forge.adapters.static_site import StaticSite
from forge.workers.checks import given_files


class Shop(ServerApp):
    command = ("python", "serve.py", "{port}", "{data}")
    data = "seed"
    reset = ("python", "reset.py")


class Branch(ServerApp):
    command = ("python", "serve.py", "{port}", "{data}")
    reset = ("python", "reset.py")
    cwd = "web"
    data = SqliteCopy("shop.db")


class Pages(StaticSite):
    static = Path("site")


class Uploads(Adapter):
    uploads = FolderCopy("seed/uploads")
    elsewhere = FolderCopy("/etc/hostname")
    later = FolderCopy("built-by-start")


class Tenant(DataCopy):
    def fresh(self, slot: object) -> str:
        return "tenant"


class Hotel(ServerApp):
    command = ("hotel", "{port}", "{data}")
    data = Tenant()


@pytest.mark.parametrize(
    ("adapter", "files"),
    [
        (Shop, ("reset.py", "seed", "serve.py")),
        (Branch, ("shop.db", "web/reset.py", "web/serve.py")),
        (Pages, ("site",)),
        (Uploads, ("seed/uploads",)),
        (Hotel, ()),
        (NoAdapter, ()),
    ],
)
def test_files_that_a_class_names(
    adapter: type[Adapter], files: tuple[str, ...], tmp_path: Path
) -> None:
    for folder in ("seed/uploads", "site", "web"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("serve.py", "reset.py", "web/serve.py", "web/reset.py", "shop.db"):
        (tmp_path / name).touch()
    assert given_files(adapter, tmp_path) == files
