"""What a change costs: the whole command after a sentence, a style, a step or a setting changed.

    python benchmarks/change.py [--rounds 3]
    git worktree add ../before 702eb36
    python benchmarks/change.py --before ../before

One tutorial of the example in one lane, rendered once; then one change after another, each followed
by the same command; and `forge --help` and `forge list`. With `--before`, another version of forge
takes turns with this one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from _bench import EXAMPLE, ROOT, Project, Run, arguments, console, keep, median, show

TUTORIAL = "getting-started"
FILE = "tutorials/getting_started.py"
SELECTION = ("--only", TUTORIAL, "--lang", "en")
PHASES = ("speak", "record", "compose")
STARTS = {"forge --help": ("--help",), "forge list": ("list", "--lang", "en")}
NOW = "now"


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


class Costs:
    """The runs of one version by what had changed, and the seconds of commands that only start."""

    def __init__(self, version: Path) -> None:
        self._version = version
        self.runs: dict[str, list[Run]] = {}
        self.starts_s: dict[str, list[float]] = {}

    def round(self) -> Iterator[str]:
        """Make each change once, in a new project; yield before each what comes."""
        with tempfile.TemporaryDirectory() as folder:
            project = Project(EXAMPLE, Path(folder), version=self._version)
            yield "everything"
            self.runs.setdefault("everything", []).append(project.render(*SELECTION))
            for name, make in CHANGES.items():
                yield name
                make(project.folder)
                self.runs.setdefault(name, []).append(project.render_again(*SELECTION))
            for name, words in STARTS.items():
                yield name
                self.starts_s.setdefault(name, []).append(project.start_s(*words))

    def wall_s(self) -> dict[str, list[float]]:
        """Return the seconds of each whole command."""
        runs = {name: [run.wall_s for run in some] for name, some in self.runs.items()}
        return runs | self.starts_s


def main() -> None:
    parser = arguments(__doc__, rounds=3)
    parser.add_argument("--before", type=Path, help="a checkout of another version")
    args = parser.parse_args()
    costs = {"before": Costs(args.before.resolve())} if args.before else {}
    costs[NOW] = Costs(ROOT)
    for number in range(args.rounds):
        for steps in zip(*(some.round() for some in costs.values()), strict=True):
            console.print(f"round {number + 1}: {steps[0]}")
    console.print()
    report(costs)


def report(costs: dict[str, Costs]) -> None:
    now, rows = costs[NOW], []
    for name, own_s in now.wall_s().items():
        row = [name, f"{median(own_s):.2f} s"]
        runs = now.runs.get(name, [])
        row += [f"{median([run.phase_s(p) for run in runs]):.2f} s" if runs else "" for p in PHASES]
        if before := costs.get("before"):
            pairs = zip(before.wall_s()[name], own_s, strict=True)
            row += [
                f"{median(before.wall_s()[name]):.2f} s",
                f"{median([own / other for other, own in pairs]):.2f}×",
            ]
        rows.append(row)
    columns = ["changed", "whole command", *PHASES]
    columns += ["before", "ratio"] if "before" in costs else []
    show("what has changed, and what the command takes", columns, rows)
    wall_s = {
        version: {name: [round(s, 2) for s in some] for name, some in cost.wall_s().items()}
        for version, cost in costs.items()
    }
    keep("change", {"tutorial": TUTORIAL, "wall_s": wall_s})


if __name__ == "__main__":
    main()
