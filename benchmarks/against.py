"""Another version of forge against this one: wall clock and processor time of a whole batch.

"Processors busy" is of the whole machine, browsers and app servers included.

    git worktree add ../before 702eb36
    python benchmarks/against.py ../before [--rounds 3] [--lanes 1 2] [--spoken] [-- OPTIONS]

The two versions take turns. Each runs in a copy of the example of its own. OPTIONS are those of
`forge render`; by default both tutorials are rendered in one language, on the virtual clock.
Everything is new in each run; with `--spoken` the sentences have been spoken before.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from _bench import EXAMPLE, Project, Run, arguments, console, keep, median, show

from forge.model.machine import processors

PROCESSORS = processors()
OPTIONS = ["--clock", "virtual", "--lang", "en"]
Runs = dict[tuple[str, int], list[Run]]


def main() -> None:
    parser = arguments(__doc__, rounds=3)
    parser.add_argument("other", type=Path, help="a checkout of the other version")
    parser.add_argument("--lanes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--spoken", action="store_true")
    words = sys.argv[1:]
    cut = words.index("--") if "--" in words else len(words)  # argparse finds no place for OPTIONS
    args, options = parser.parse_args(words[:cut]), words[cut + 1 :] or OPTIONS
    with tempfile.TemporaryDirectory() as folder:
        versions = {
            "before": Project(EXAMPLE, Path(folder) / "before", version=args.other.resolve()),
            "now": Project(EXAMPLE, Path(folder) / "now"),
        }
        for project in versions.values():
            project.render(*options)  # compiled modules, and sentences
        runs: Runs = {(name, lanes): [] for name in versions for lanes in args.lanes}
        for number in range(args.rounds):
            for (name, lanes), some in runs.items():
                if not args.spoken:
                    versions[name].clear_voices()
                some.append(versions[name].render(*options, "-j", str(lanes)))
                console.print(
                    f"round {number + 1}, {name}, -j {lanes}: {some[-1].wall_s:.1f} s,"
                    f" {some[-1].cpu_s:.1f} s of processors"
                )
    console.print()
    _report(runs)


def _report(runs: Runs) -> None:
    rows, figures = [], []
    for (name, lanes), some in runs.items():
        others = runs["before", lanes]
        faster = median([b.wall_s / r.wall_s for b, r in zip(others, some, strict=True)])
        cheaper = median([b.cpu_s / r.cpu_s for b, r in zip(others, some, strict=True)])
        wall_s, cpu_s = (median([getattr(r, what) for r in some]) for what in ("wall_s", "cpu_s"))
        busy = median([r.busy_s / r.wall_s for r in some]) / PROCESSORS
        shown = [f"{wall_s:.1f} s", f"{faster:.2f}×", f"{cpu_s:.1f} s", f"{cheaper:.2f}×"]
        shown.append(f"{busy:.0%}")
        rows.append([f"{name}, -j {lanes}", *shown])
        figures.append(
            {
                "version": name,
                "lanes": lanes,
                "wall_s": [round(run.wall_s, 2) for run in some],
                "cpu_s": [round(run.cpu_s, 2) for run in some],
                "busy": round(busy, 3),
                "faster": round(faster, 3),
                "cheaper": round(cheaper, 3),
            }
        )
    columns = ["", "wall clock", "faster", "processor time", "cheaper", "processors busy"]
    show("the same batch in two versions, in turns", columns, rows)
    keep("against", {"runs": figures})


if __name__ == "__main__":
    main()
