"""What may not leave the process that knows it: passwords in URLs, keys in the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: `user:password@`, or a token alone, in front of a URL's host. Up to the last `@` of what may be
#: the authority, as browsers read it: a password may hold one too.
#: In JSON its slashes may be escaped.
_USERINFO = re.compile(r"""(?:(?<=://)|(?<=:\\/\\/))[^\s/?#"<>]*@""")
#: Settings of forge's, of which a URL may hold a password; and what names of secrets look like.
_SECRET_NAME = re.compile(r"^FORGE_|_KEY$|TOKEN|SECRET|PASSW|CREDENTIAL", re.IGNORECASE)


def without_passwords(text: str) -> str:
    """`text` without user names and passwords in URLs."""
    return _USERINFO.sub("", text)


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` without variables whose names are those of keys, tokens and passwords."""
    return {name: value for name, value in environment.items() if not _SECRET_NAME.search(name)}
