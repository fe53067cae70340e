"""Python source in the format of Ruff and Black. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

WIDTH = 88


def quoted(text: str) -> str:
    """Return a text as a string literal, with the quotes that need fewer escapes."""
    double = json.dumps(text, ensure_ascii=False)
    if text.count('"') > text.count("'"):
        return "'" + double[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"
    return double


def call(before: str, args: Sequence[str], after: str = ")", indent: int = 4) -> str:
    """Return a call, in as few lines as its width allows. `before` ends with the bracket."""
    space = " " * indent
    whole = f"{space}{before}{', '.join(args)}{after}"
    if len(whole) <= WIDTH or not args:
        return whole
    inner = f"{space}    {', '.join(args)}"
    if len(inner) <= WIDTH:
        return f"{space}{before}\n{inner}\n{space}{after}"
    lines = "".join(f"{space}    {arg},\n" for arg in args)
    return f"{space}{before}\n{lines}{space}{after}"


def imported(module: str, names: Sequence[str]) -> str:
    """Return an import of `names`: constants, classes and functions, each sorted."""
    ordered = sorted(names, key=lambda name: (not name.isupper(), name[0].islower(), name))
    line = f"from {module} import {', '.join(ordered)}"
    if len(line) <= WIDTH:
        return line
    return f"from {module} import (\n{''.join(f'    {name},{chr(10)}' for name in ordered)})"


def docstring(text: str, indent: int = 4) -> str:
    """Return a docstring of one line."""
    safe = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if safe.endswith('"'):
        safe = f'{safe[:-1]}\\"'
    return f'{" " * indent}"""{safe}"""'


def origin_of(url: str) -> str:
    """Return scheme, host and port of a page's URL; "" if it has none."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else ""


def path_of(url: str) -> str:
    """Return what follows the origin in a URL, `/` at least."""
    rest = urlunsplit(("", "", *urlsplit(url)[2:]))
    return rest if rest.startswith("/") else f"/{rest}"
