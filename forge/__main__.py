"""`python -m forge`: the same as the `forge` command."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    from forge.cli import console

    sys.exit(console())
