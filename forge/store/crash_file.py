"""Keep the traceback of an unforeseen error in a file."""

from __future__ import annotations

import os
import tempfile


def keep_trace(trace: str) -> str:
    """Write `trace` to a file that only its owner can read; return a sentence with its path."""
    try:
        handle, name = tempfile.mkstemp(prefix="forge-error-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
            file.write(trace)
    except OSError as problem:
        return f"the traceback could not be kept: {problem}"
    return f"the traceback is in {name}"
