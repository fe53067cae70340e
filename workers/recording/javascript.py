"""Scripts for pages: each is a file `js/<name>.js` beside the module that uses it."""

from __future__ import annotations

from importlib.resources import files


def load(module: str, name: str) -> str:
    """Return the text of `js/<name>.js` in the package of `module`, without its last newline."""
    package = module.rpartition(".")[0]
    return files(package).joinpath("js", f"{name}.js").read_text("utf-8").removesuffix("\n")
