"""The cost of longer narration: the same tutorial with every sentence said twice.

    python benchmarks/narration_growth.py [--clock elastic] [--rounds 3]

The speech cache is empty, so speaking counts. A hold is a still picture, so on the elastic clock
twice the narration should cost little more than speaking it.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from _bench import EXAMPLE, Project, Run, arguments, console, keep, median, show

from forge.model.records import PHASES


def main() -> None:
    parser = arguments(__doc__, rounds=3)
    parser.add_argument("--clock", default="elastic", choices=["elastic", "real", "virtual"])
    args = parser.parse_args()
    runs: dict[str, list[Run]] = {"as written": [], "said twice": []}
    with tempfile.TemporaryDirectory() as folder:
        once = Project(EXAMPLE, Path(folder) / "once")
        twice = Project(EXAMPLE, Path(folder) / "twice")
        for side_file in (twice.folder / "tutorials").glob("*.es.json"):
            _say_twice(side_file)
        once.render("--lang", "es")  # warm up libraries and browser
        for number in range(args.rounds):
            for (name, some), project in zip(runs.items(), (once, twice), strict=True):
                project.clear_voices()
                some.append(project.render("--lang", "es", "--clock", args.clock))
                console.print(f"round {number + 1}, {name}: {some[-1].wall_s:.1f} s")
    console.print()
    _report(args.clock, runs)


def _say_twice(side_file: Path) -> None:
    lines = json.loads(side_file.read_text(encoding="utf-8"))
    doubled = {  # keys with @ are for the cards and are not spoken
        key: text if key.startswith("@") else f"{text} {text.replace('{here} ', '')}"
        for key, text in lines.items()
    }
    side_file.write_text(json.dumps(doubled), encoding="utf-8")


def _report(clock: str, runs: dict[str, list[Run]]) -> None:
    # Jobs, not whole commands: the start-up, equal for both, would improve the ratio.
    base = median([run.job_wall_s for run in runs["as written"]])
    rows, figures = [], {}
    for name, some in runs.items():
        wall_s = median([run.job_wall_s for run in some])
        figures[name] = {
            "video_s": round(some[0].video_s, 1),
            "jobs_wall_s": [round(run.job_wall_s, 2) for run in some],
            "ratio": round(wall_s / base, 3),
        }
        phases = [f"{median([run.phase_s(phase) for run in some]):.1f} s" for phase in PHASES]
        rows.append(
            [name, f"{some[0].video_s:.1f} s", f"{wall_s:.1f} s", *phases, f"{wall_s / base:.2f}×"]
        )
    show(f"{clock} clock, both tutorials", ["narration", "video", "jobs", *PHASES, "cost"], rows)
    keep("narration_growth", {"clock": clock, "narration": figures})


if __name__ == "__main__":
    main()
