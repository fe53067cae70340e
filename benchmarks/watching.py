"""How soon the page of `forge watch` has a changed step, as it plays in the video.

    python benchmarks/watching.py [--rounds 3]

One tutorial of the example, played once; then one change after another. The time is from the save
until the page is told the clip of the step.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from _bench import EXAMPLE, Project, arguments, console, keep, median, show

STEP, FILE = "name-event", "tutorials/getting_started.py"
COMMAND = ("watch", STEP, "--only", "getting-started", "--lang", "en")
LIMIT_S = 300

#: What is written instead of what, in which file.
CHANGES = {
    "a sentence": (FILE, "First, give the event", "First of all, give the event"),
    "the colour of the ring": ("forge.toml", "[voice]", '[style]\naccent = "#2f01eb"\n\n[voice]'),
    "the code of a step": (FILE, "Summer Reading", "Autumn Reading"),
}


class Watch:
    """A project that is watched, and the news that its page gets."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self._connection = HTTPConnection("127.0.0.1", port, timeout=LIMIT_S)
        self._connection.request("GET", "/events")
        self._news = self._connection.getresponse()
        self.shown: dict[str, Any] = {}

    def clip(self) -> str:
        """Return the clip of the step that is shown; "" if it is being made."""
        steps = next(job["steps"] for job in self.shown["jobs"] if job["name"] == self.shown["job"])
        return str(next(step["clip"] for step in steps if step["id"] == self.shown["step"]))

    def until(self, holds: Callable[[], bool]) -> float:
        """Read news until `holds()`; return the time."""
        while not (self.shown and holds()):
            line = self._news.readline()
            if line.startswith(b"data: "):
                self.shown = json.loads(line.removeprefix(b"data: "))
        return time.monotonic()

    def at_rest(self) -> bool:
        return all(step["clip"] for job in self.shown["jobs"] for step in job["steps"])

    def change(self, name: str, old: str, new: str) -> float:
        """Save a change; return how long it takes until the step can be played, in seconds."""
        before = self.clip()
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text
        began_s = time.monotonic()
        (self.folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
        return self.until(lambda: self.clip() not in ("", before)) - began_s


@contextmanager
def watching(folder: Path) -> Iterator[Watch]:
    command = [sys.executable, "-P", "-m", "forge", *COMMAND, "--project", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            line = process.stdout.readline()
            port = re.search(r":(\d+)/", line)
            assert port, line
            yield Watch(folder, int(port[1]))
        finally:
            process.send_signal(signal.SIGINT)


def main() -> None:
    args = arguments(__doc__, rounds=3).parse_args()
    taken: dict[str, list[float]] = {name: [] for name in CHANGES}
    for number in range(args.rounds):
        with tempfile.TemporaryDirectory() as folder:
            project = Project(EXAMPLE, Path(folder))
            with watching(project.folder) as watch:
                for name, change in CHANGES.items():
                    watch.until(watch.at_rest)
                    taken[name].append(watch.change(*change))
                    console.print(f"round {number + 1}, {name}: {taken[name][-1]:.2f} s")
    console.print()
    rows = [[name, f"{median(some):.2f} s"] for name, some in taken.items()]
    show("from a save to the step on the page", ["changed", "shown after"], rows)
    figures = {name: [round(one, 2) for one in some] for name, some in taken.items()}
    keep("watching", {"step": STEP, "shown_after_s": figures})


if __name__ == "__main__":
    main()
