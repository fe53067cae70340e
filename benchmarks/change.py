"""What a change costs: the whole command after a sentence, a style, a step or a setting changed.

    python benchmarks/change.py [--rounds 3]

One tutorial of the example in one lane, rendered once; then one change after another, each followed
by the same command.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from _bench import EXAMPLE, Project, Run, arguments, console, keep, median, show

TUTORIAL = "getting-started"
FILE = "tutorials/getting_started.py"
SELECTION = ("--only", TUTORIAL, "--lang", "en")
PHASES = ("speak", "record", "compose")


def wording(old: str, new: str) -> Callable[[Path], object]:
    """Return a function that replaces a text in the tutorial of a project."""

    def change(folder: Path) -> None:
        text = (folder / FILE).read_text(encoding="utf-8")
        assert old in text
        (folder / FILE).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def setting(section: str, line: str) -> Callable[[Path], object]:
    """Return a function that adds a setting to a project."""

    def change(folder: Path) -> None:
        with (folder / "forge.toml").open("a", encoding="utf-8") as file:
            file.write(f"[{section}]\n{line}\n")

    return change


CHANGES: dict[str, Callable[[Path], object]] = {
    "nothing": lambda folder: None,
    "a sentence": wording("we create our first event", "we make an event"),
    "the colour of the ring": setting("style", 'accent = "#2f01eb"'),
    "the loudness": setting("sound", "loudness = -18"),
    "the code of a step": wording("Summer Reading", "Autumn Reading"),
}


def main() -> None:
    args = arguments(__doc__, rounds=3).parse_args()
    runs: dict[str, list[Run]] = {}
    for number in range(args.rounds):
        with tempfile.TemporaryDirectory() as folder:
            project = Project(EXAMPLE, Path(folder))
            runs.setdefault("everything", []).append(project.render(*SELECTION))
            for name, make in CHANGES.items():
                make(project.folder)
                runs.setdefault(name, []).append(project.render_again(*SELECTION))
                console.print(f"round {number + 1}, {name}: {runs[name][-1].wall_s:.2f} s")
    console.print()
    rows, figures = [], {}
    for name, some in runs.items():
        wall_s = median([run.wall_s for run in some])
        rows.append([name, f"{wall_s:.2f} s", *(f"{phase_s(some, p):.2f} s" for p in PHASES)])
        figures[name] = [round(run.wall_s, 2) for run in some]
    show("what has changed, and what the command takes", ["changed", "wall", *PHASES], rows)
    keep("change", {"tutorial": TUTORIAL, "wall_s": figures})


def phase_s(runs: list[Run], phase: str) -> float:
    return median([run.phase_s(phase) for run in runs])


if __name__ == "__main__":
    main()
