"""The same batch in one lane and in several: wall clock, phases, memory, equal videos.

    python benchmarks/serial_vs_parallel.py [--clock real elastic] [--jobs 2 …] [--rounds 2]

The default batch is two jobs of nearly equal length: both example tutorials in Spanish. Serial and
parallel runs take turns, so that a machine that slows down affects both.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

from _bench import EXAMPLE, Project, Run, arguments, chart, console, keep, median, show

from forge.model.records import PHASES
from forge.model.timeline import Manifest

Runs = dict[int, list[Run]]
COLOURS = {"speak": "#b8c4ce", "record": "#2f6f9f", "compose": "#e0913f"}


def main() -> None:
    args = _arguments()
    figures: dict[str, Any] = {}
    all_runs: dict[str, Runs] = {}
    with tempfile.TemporaryDirectory() as folder:
        project = Project(args.project, Path(folder))
        chosen = [*args.paths, *(["--lang", args.lang] if args.lang else [])]
        console.print("warming up: voices spoken, browser and libraries read from disk once")
        project.render(*chosen, "--clock", "elastic")
        for clock in args.clock:
            all_runs[clock] = _take_turns(project, chosen, clock, args.jobs, args.rounds)
            figures[clock] = _report(clock, all_runs[clock])
    keep("serial_vs_parallel", {"batch": _batch(all_runs), "clocks": figures})
    _draw(all_runs)


def _arguments() -> argparse.Namespace:
    parser = arguments(__doc__, rounds=2)
    parser.add_argument("paths", nargs="*", help="tutorials (default: all of the project)")
    parser.add_argument("--project", type=Path, default=EXAMPLE)
    parser.add_argument("--lang", default="es", help="languages (default: es); '' for all")
    parser.add_argument("--clock", nargs="+", choices=["real", "elastic"])
    parser.add_argument("--jobs", nargs="+", type=int, default=[2], help="lanes beside 1")
    parser.set_defaults(clock=["real", "elastic"])
    return parser.parse_args()


def _take_turns(
    project: Project, chosen: list[str], clock: str, jobs: list[int], rounds: int
) -> Runs:
    runs: Runs = {lanes: [] for lanes in [1, *jobs]}
    for number, lanes in product(range(rounds), runs):
        run = project.render(*chosen, "--clock", clock, "-j", str(lanes), memory=True)
        runs[lanes].append(run)
        console.print(f"{clock} clock, round {number + 1}, -j {lanes}: {run.wall_s:.1f} s")
    console.print()
    return runs


def _report(clock: str, runs: Runs) -> dict[str, Any]:
    walls = {lanes: median([run.wall_s for run in some]) for lanes, some in runs.items()}
    rows, figures = [], {}
    for lanes, some in runs.items():
        busy = sum(run.phase_s(phase) for run in some for phase in PHASES)
        found = {
            "wall_s": [round(run.wall_s, 2) for run in some],
            "speed_up": round(walls[1] / walls[lanes], 3),
            "phase_share": {
                phase: round(sum(run.phase_s(phase) for run in some) / busy, 3) for phase in PHASES
            },
            "lane_peak_pss_mb": round(max(run.lane_pss_mb for run in some)),
            "job_wall_minus_video_s": round(_worst(some, lambda wall, video: wall - video), 2),
            "job_wall_per_video": round(_worst(some, lambda wall, video: wall / video), 3),
            "step_start_difference_ms": _difference(runs[1], some, _starts),
            "duration_difference_ms": _difference(runs[1], some, lambda m: [m.total_ms]),
        }
        figures[f"-j {lanes}"] = found
        rows.append(_row(lanes, walls[lanes], found))
    video_s = runs[1][0].video_s
    title = f"{clock} clock: {len(runs[1][0].batch)} jobs, {video_s:.1f} s of video"
    columns = [
        "lanes", "wall", "speed-up", *PHASES, "PSS/lane", "wall−video", "wall/video",
        "Δ start", "Δ length",
    ]  # fmt: skip
    show(title, columns, rows)
    return figures


def _row(lanes: int, wall_s: float, found: Mapping[str, Any]) -> list[str]:
    return [
        f"-j {lanes}",
        f"{wall_s:.1f} s",
        f"{found['speed_up']:.2f}×",
        *(f"{found['phase_share'][phase]:.0%}" for phase in PHASES),
        f"{found['lane_peak_pss_mb']} MB",
        f"{found['job_wall_minus_video_s']:+.1f} s",
        f"{found['job_wall_per_video']:.2f}",
        f"{found['step_start_difference_ms']} ms",
        f"{found['duration_difference_ms']} ms",
    ]


def _worst(runs: list[Run], measure: Callable[[float, float], float]) -> float:
    return max(measure(float(e["wall_s"]), float(e["video_s"])) for run in runs for e in run.batch)


def _starts(manifest: Manifest) -> list[int]:
    return [at for step in manifest.steps for at in (step.start_ms, step.action_start_ms)]


def _difference(serial: list[Run], others: list[Run], times: Any) -> int:
    """Return the largest difference (ms) of a time between a serial run and one of `others`."""
    return max(
        abs(a - b)
        for one, other in product(serial, others)
        for job in one.manifests
        for a, b in _paired(times(one.manifests[job]), times(other.manifests[job]))
    )


def _paired(some: list[int], others: list[int]) -> Iterator[tuple[int, int]]:
    return zip(some, others, strict=True)


def _batch(all_runs: Mapping[str, Runs]) -> list[dict[str, Any]]:
    first = next(iter(all_runs.values()))[1][0]
    return [{"job": entry["job"], "video_s": entry["video_s"]} for entry in first.batch]


def _draw(all_runs: Mapping[str, Runs]) -> None:
    """Draw a bar for each number of lanes: its wall clock, divided by the shares of the phases."""
    figure, save = chart("serial_vs_parallel")
    panels = figure.subplots(1, len(all_runs), sharey=True, squeeze=False)[0]
    for axes, (clock, runs) in zip(panels, all_runs.items(), strict=True):
        serial_s = median([run.wall_s for run in runs[1]])
        for x, (lanes, some) in enumerate(runs.items()):
            wall_s = median([run.wall_s for run in some])
            _draw_bar(axes, x, some, wall_s)
            gain = f"\n{serial_s / wall_s:.2f}×" if lanes > 1 else ""
            axes.text(x, wall_s + 1, f"{wall_s:.1f} s{gain}", ha="center", va="bottom")
        video_s = runs[1][0].video_s
        axes.axhline(video_s, color="#888", linestyle=":", linewidth=1, zorder=0)
        axes.text(len(runs) - 0.6, video_s + 1, "length of the videos", color="#666", ha="right")
        axes.set_xticks(range(len(runs)), [f"-j {lanes}" for lanes in runs])
        axes.set_title(f"{clock} clock")
        axes.margins(y=0.15)
    panels[0].set_ylabel("wall clock (s)")
    handles, labels = panels[0].get_legend_handles_labels()
    by_label = dict(zip(labels, handles, strict=True))
    figure.legend(by_label.values(), by_label, loc="outside right center", frameon=False)
    save()


def _draw_bar(axes: Any, x: int, some: list[Run], wall_s: float) -> None:
    busy_s = sum(run.phase_s(phase) for run in some for phase in PHASES)
    bottom = 0.0
    for phase in PHASES:
        share = sum(run.phase_s(phase) for run in some) / busy_s * wall_s
        axes.bar(x, share, 0.6, bottom=bottom, color=COLOURS[phase], label=phase)
        bottom += share


if __name__ == "__main__":
    main()
