"""The command that serves the Node app of a folder, by the scripts of its package.json."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

SCRIPTS = ("start", "dev")
DEFAULT = ["npm", "start"]
MISSING = "package.json has no script named start or dev"
#: Programs that take their port as an argument; Vite and others do not look at PORT.
TAKE_PORT = {
    *("vite", "astro", "next", "nuxt", "nuxi", "ng", "parcel", "vue-cli-service"),
    *("webpack", "webpack-dev-server"),
}
#: What may stand before the program in a script: `NODE_ENV=development`, `npx`.
BEFORE = re.compile(r"\w+=\S*|npx|cross-env|dotenv|--")


def npm_command(package: Path) -> list[str] | None:
    """Return the words of the command for the app of `package`, with `{port}` where it takes one.

    None if it has no script that npm could run.
    """
    scripts = _scripts(package)
    for name in SCRIPTS:
        if name in scripts:
            words = DEFAULT if name == "start" else ["npm", "run", name]
            return [*words, "--", "--port", "{port}"] if _takes_port(scripts[name]) else [*words]
    # Without such a script, `npm start` runs this file.
    return [*DEFAULT] if (package.parent / "server.js").is_file() else None


def _scripts(package: Path) -> dict[str, str]:
    try:
        read: Any = json.loads(package.read_text(encoding="utf-8-sig"))
    except ValueError:
        return {}
    found = read.get("scripts") if isinstance(read, dict) else None
    known = found.items() if isinstance(found, dict) else ()
    return {name: text for name, text in known if isinstance(text, str) and text.strip()}


def _takes_port(script: str) -> bool:
    """Return True if the last program of `script`, which gets npm's arguments, takes `--port`."""
    last = re.split(r"&&|\|\||[;|&]", script)[-1].split()
    program = next((word for word in last if not BEFORE.fullmatch(word)), "")
    return program in TAKE_PORT
