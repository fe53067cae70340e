"""Clean texts, so that any sink can take them: a terminal, a log, JSON, XML, HTML, captions.

Texts of users' code, pages and files are cleaned where they enter a record or an error
(`forge.model.records.Record`, `forge.errors.ForgeError`). Writers of these need only the escapes of
their own format.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

#: Lone surrogates, which cannot be encoded; control characters except tab and line feed, which end
#: strings and control terminals; and characters that XML forbids. (Named one by one: a class of all
#: others takes 5 ms to compile, at every start of forge.)
NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
LONGEST_MESSAGE = 10_000  # characters


def clean(text: str) -> str:
    """Return `text` with U+FFFD in place of unsafe characters, and LF at the ends of lines."""
    if text.isascii() and text.isprintable():
        return text  # most texts of thousands of jobs
    return NOT_TEXT.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def cut(text: str, longest: int = LONGEST_MESSAGE) -> str:
    """Return `text`, or its first `longest` code points and a note of how many were left out.

    Less is kept where a character would be divided.
    """
    if len(text) <= longest:
        return text
    from forge.text.segments import clipped  # on first use: every start of forge imports this file

    kept = clipped(text, longest)
    return f"{kept} … ({len(text) - len(kept)} characters more)"


def message_of(error: BaseException) -> str:
    """Return the message of `error`. `str` itself may fail for an error class of users' code."""
    try:
        return f"{error}"
    except Exception:
        return "(its message cannot be shown)"


def is_clean_path(path: Path | str) -> bool:
    """Return True if a record can hold `path` unchanged: it is UTF-8 without control characters."""
    name = os.fspath(path)
    return clean(name) == name
