"""Remove secrets: passwords in URLs, keys in the environment, values that a session has typed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from urllib.parse import quote, quote_plus

#: `user:password@`, or a token alone, in front of a URL's host. It ends at the last `@` before the
#: path, as in browsers, because a password may contain one. In JSON the slashes may be escaped.
_USERINFO = re.compile(r"""(?:(?<=://)|(?<=:\\/\\/))[^\s/?#"<>]*@""")
#: Variables that may hold secrets: by their names, and forge's settings (a URL with a password).
_SECRET_NAME = re.compile(r"^FORGE_|_KEY$|TOKEN|SECRET|PASSW|CREDENTIAL", re.IGNORECASE)
SHORTEST = 4  # characters; a shorter value is part of many words
CUT = "•••"

#: The values that `hide` was given, as they may be written. A global, as `os.environ` is: texts are
#: made in many places, and none may have a secret of this process in it.
_hidden: set[str] = set()


def hide(value: str) -> None:
    """Cut `value` out of all texts that `without_passwords` returns from now on.

    It is found as it is, in URLs, in HTML and in JSON. A value of fewer than SHORTEST characters is
    not cut out: it is part of too many words.
    """
    import html  # late: it loads a table of all entities, at every start of forge

    if len(value) >= SHORTEST:
        encoded = {quote(value), quote(value, safe=""), quote_plus(value)}
        quoted = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
        marked = {html.escape(value), html.escape(value, quote=False)}
        _hidden.update({value} | encoded | quoted | marked)


def without_passwords(text: str) -> str:
    """Return `text` without user names and passwords in URLs, and without hidden values."""
    for value in sorted(_hidden, key=len, reverse=True):  # one may be part of another
        text = text.replace(value, CUT)
    return _USERINFO.sub("", text)


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """Return `environment` without variables whose names suggest keys, tokens or passwords."""
    return {name: value for name, value in environment.items() if not _SECRET_NAME.search(name)}
