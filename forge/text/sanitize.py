"""What every sink may hold: a terminal, a log, JSON, XML, HTML, captions.

What users' code, pages and files say is cleaned where it enters a record or an error
(`forge.model.records.Record`, `forge.errors.ForgeError`). What is written from those needs no more
than the escapes of its own format.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

#: Lone surrogates, which no encoding has; NUL and the other controls of C0 and C1 but tab and line
#: feed, which end strings and steer terminals; what XML forbids.
NOT_TEXT = re.compile(r"[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST_MESSAGE = 10_000  # characters


def clean(text: str) -> str:
    """`text` with U+FFFD in place of every sign that a sink may not hold; lines end with LF."""
    return NOT_TEXT.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def cut(text: str, longest: int = LONGEST_MESSAGE) -> str:
    """`text`, or its first `longest` characters and a note of how many more there were."""
    more = len(text) - longest
    return text if more <= 0 else f"{text[:longest]} … ({more} characters more)"


def said(error: BaseException) -> str:
    """The message of `error`, which users' code may have raised: even `str` may fail with that."""
    try:
        return f"{error}"
    except Exception:
        return "(its message cannot be shown)"


def can_be_told(path: Path | str) -> bool:
    """Whether a record may name `path`: it is UTF-8, and holds no control characters."""
    name = os.fspath(path)
    return clean(name) == name
