"""Remove secrets: passwords in URLs, keys in the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: `user:password@`, or a token alone, in front of a URL's host. It ends at the last `@` before the
#: path, as in browsers, because a password may contain one. In JSON the slashes may be escaped.
_USERINFO = re.compile(r"""(?:(?<=://)|(?<=:\\/\\/))[^\s/?#"<>]*@""")
#: Variables that may hold secrets: by their names, and forge's settings (a URL with a password).
_SECRET_NAME = re.compile(r"^FORGE_|_KEY$|TOKEN|SECRET|PASSW|CREDENTIAL", re.IGNORECASE)


def without_passwords(text: str) -> str:
    """Return `text` without user names and passwords in URLs."""
    return _USERINFO.sub("", text)


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """Return `environment` without variables whose names suggest keys, tokens or passwords."""
    return {name: value for name, value in environment.items() if not _SECRET_NAME.search(name)}
