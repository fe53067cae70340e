"""The packages whose versions decide what a video looks like."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from importlib import metadata

#: They draw: another version may set text, mix colours or round differently. By the names of pip.
DRAWING = (
    *("numpy", "opencv-python-headless", "pillow", "fonttools", "icu4py"),
    *("manimgx-fonts", "manimgx-fonts-cjk"),
)


def versions_of(packages: Iterable[str]) -> dict[str, str]:
    """Return the version of each of `packages` that is installed."""
    found = {}
    for name in packages:
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found
