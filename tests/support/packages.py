"""What packages and images are built of."""

from __future__ import annotations

#: The folders of the sources, each with its name in the packages: two of them are links there.
FOLDERS = {"forge": "forge", "workers": "forge/workers", "adapters": "forge/adapters"}
#: All that a build reads.
SOURCES = (*FOLDERS, "LICENSE", "README.md", "pyproject.toml")
