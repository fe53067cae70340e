"""The cost of each clock, and if its videos agree: real, elastic and virtual side by side.

    python benchmarks/clocks.py [--rounds 2] [--hogs 3] [--clocks real elastic virtual]

The same tutorials in one lane, then in two, then in one lane beside busy loops. The clocks take
turns.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from _bench import (
    EXAMPLE,
    Project,
    Run,
    arguments,
    busy_processors,
    chart,
    console,
    digest_of,
    keep,
    median,
    show,
)

from forge.model.records import PHASES

WAYS = {"one lane": ("1", 0), "two lanes": ("2", 0), "busy machine": ("1", 1)}
Seen = tuple[Run, dict[str, str]]


def main() -> None:
    parser = arguments(__doc__, rounds=2)
    parser.add_argument("--clocks", nargs="+", default=["real", "elastic", "virtual"])
    parser.add_argument("--hogs", type=int, default=3)
    args = parser.parse_args()
    runs: dict[tuple[str, str], list[Seen]] = {}
    with tempfile.TemporaryDirectory() as folder:
        project = Project(EXAMPLE, Path(folder))
        project.render("--lang", "en", "--clock", "elastic")  # warm up libraries and voices
        for number in range(args.rounds):
            for way, (lanes, busy) in WAYS.items():
                for clock in args.clocks:
                    with busy_processors(args.hogs * busy):
                        run = project.render("--lang", "en", "--clock", clock, "-j", lanes)
                    seen = (run, _digests(project.folder / "dist"))
                    runs.setdefault((clock, way), []).append(seen)
                    console.print(f"round {number + 1}, {clock}, {way}: {run.wall_s:.1f} s")
    console.print()
    figures = {clock: _figures(clock, runs) for clock in args.clocks}
    _report(figures)
    keep("clocks", {"rounds": args.rounds, "hogs": args.hogs, "clocks": figures})
    _draw(figures)


def _digests(folder: Path) -> dict[str, str]:
    return {path.stem: digest_of(path) for path in folder.glob("*.mp4")}


def _figures(clock: str, runs: dict[tuple[str, str], list[Seen]]) -> dict[str, Any]:
    alone = [run for run, _ in runs[clock, "one lane"]]
    everything = [seen for way in WAYS for seen in runs[clock, way]]
    video_s = alone[0].video_s
    return {
        "video_s": round(video_s, 1),
        "phases_s": {p: round(median([run.phase_s(p) for run in alone]), 2) for p in PHASES},
        "jobs_wall_s": round(median([run.job_wall_s for run in alone]), 2),
        "record_speed": round(video_s / median([run.phase_s("record") for run in alone]), 2),
        "job_speed": round(video_s / median([run.job_wall_s for run in alone]), 2),
        "drift_ms": _drift_ms([run for run, _ in everything]),
        "different_files": len({tuple(sorted(files.items())) for _, files in everything}),
        "pictures": [_pictures(run) for run in alone],
        "pictures_busy": [_pictures(run) for run, _ in runs[clock, "busy machine"]],
    }


def _drift_ms(runs: Sequence[Run]) -> int:
    """Return the largest difference of a step's start between any run and the first."""
    return max(
        abs(a.start_ms - b.start_ms)
        for run in runs
        for job, manifest in run.manifests.items()
        for a, b in zip(runs[0].manifests[job].steps, manifest.steps, strict=True)
    )


def _pictures(run: Run) -> int:
    """Return the number of different pictures of a run: under load, real time loses some."""
    return sum(len(manifest.pictures) for manifest in run.manifests.values())


def _report(figures: dict[str, dict[str, Any]]) -> None:
    rows = [
        [
            clock,
            f"{found['video_s']:.1f} s",
            *(f"{found['phases_s'][phase]:.1f} s" for phase in PHASES),
            f"{found['record_speed']:.1f} ×",
            f"{found['job_speed']:.1f} ×",
            f"{found['drift_ms']} ms",
            str(found["different_files"]),
            f"{median(found['pictures']):.0f}",
            f"{median(found['pictures_busy']):.0f}",
        ]
        for clock, found in figures.items()
    ]
    columns = ["clock", "video", *PHASES, "recording", "job", "drift", "files", "pictures", "busy"]
    show("both tutorials; × real time; `files`: how many different sets", columns, rows)


def _draw(figures: dict[str, dict[str, Any]]) -> None:
    figure, save = chart("clocks")
    axes = figure.subplots()
    left = [0.0] * len(figures)
    for phase in PHASES:
        widths = [found["phases_s"][phase] for found in figures.values()]
        axes.barh(list(figures), widths, left=left, label=phase, height=0.55)
        left = [a + b for a, b in zip(left, widths, strict=True)]
    video_s = next(iter(figures.values()))["video_s"]
    axes.axvline(video_s, color="#888", linestyle="--", linewidth=1)
    axes.text(
        video_s, -0.42, "length of the video ", color="#666", fontsize=9, ha="right", va="bottom"
    )
    axes.set_xlabel("seconds, one lane")
    axes.invert_yaxis()
    axes.legend(frameon=False, loc="lower center")
    save()


if __name__ == "__main__":
    main()
