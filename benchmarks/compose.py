"""The cost of composing and encoding 1080p: plain, decorated, zoomed, at a constant rate.

    python benchmarks/compose.py [--rounds 3] [--moviepy]

Both example tutorials are recorded once. Every figure is for 60 s of finished video. `--moviepy`
adds MoviePy's own writer with the same clip.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from _bench import EXAMPLE, Project, arguments, chart, console, keep, median, show

from forge.model.settings import Settings
from forge.model.timeline import Manifest
from forge.project.settings_sources import load_settings
from forge.store.job_files import read_take
from forge.workers.composing.encoding.probe import probe
from forge.workers.composing.footage import Footage
from forge.workers.composing.painting.take_frames import TakeFrames
from forge.workers.composing.phase import compose, timeline_of

MINUTE_S = 60.0
PLAIN: dict[str, Any] = {"cursor": False, "ring": False, "ripple": False}


@dataclass(frozen=True)
class Cost:
    """For 60 s of finished video: seconds of work, frames encoded, megabytes written."""

    seconds: float
    frames: float
    megabytes: float


class Material:
    """The take, manifest and narration of one job."""

    def __init__(self, job: str, manifest: Manifest, settings: Settings) -> None:
        self.job, self.manifest, self.settings = job, manifest, settings
        self.work_dir = settings.work_root / job
        self.take = read_take(self.work_dir)

    def compose(self, frame_rate: str = "variable", **style: Any) -> Path:
        video = self.settings.video.model_copy(update={"frame_rate": frame_rate})
        styled = self.settings.style.model_copy(update=style)
        limits = self.settings.limits.model_copy(update={"cache_mb": 0})
        update = {"video": video, "style": styled, "limits": limits}
        settings = self.settings.model_copy(update=update)
        compose(Footage(self.job, self.take, self.manifest, self.work_dir), settings)
        return settings.output_dir / f"{self.job}.mp4"

    def moviepy(self) -> Path:
        path = self.settings.output_dir / f"{self.job}.moviepy.mp4"
        fps = self.settings.video.fps
        with TakeFrames(self.take, self.work_dir) as pictures:
            clip = timeline_of(self.manifest, self.take, self.settings, pictures)
            clip.write_videofile(
                str(path), fps=fps, preset="veryfast", audio_codec="aac", logger=None
            )
        return path


def main() -> None:
    parser = arguments(__doc__, rounds=3)
    parser.add_argument("--moviepy", action="store_true", help="measure MoviePy's writer too")
    args = parser.parse_args()
    ways: dict[str, Callable[[Material], Path]] = {
        "plain": lambda material: material.compose(**PLAIN),
        "decorated": lambda material: material.compose(),
        "zoomed too": lambda material: material.compose(zoom=True),
        "plain, constant rate": lambda material: material.compose("constant", **PLAIN),
    }
    if args.moviepy:
        ways["moviepy's writer"] = Material.moviepy
    with tempfile.TemporaryDirectory() as folder:
        project = Project(EXAMPLE, Path(folder))
        console.print("recording both tutorials once")
        run = project.render("--lang", "en")
        settings = load_settings(project.folder)
        materials = [Material(job, found, settings) for job, found in run.manifests.items()]
        materials[0].compose(zoom=True)  # warm up: the first one loads libraries
        costs: dict[str, list[Cost]] = {name: [] for name in ways}
        for _ in range(args.rounds):
            for name, way in ways.items():
                costs[name].append(_measure(materials, way))
    _report(costs)


def _measure(materials: list[Material], way: Callable[[Material], Path]) -> Cost:
    began = time.monotonic()
    paths = [way(material) for material in materials]
    seconds = time.monotonic() - began
    minutes = sum(probe(path).duration_s for path in paths) / MINUTE_S
    frames = sum(probe(path).frames for path in paths)
    size = sum(path.stat().st_size for path in paths) / 1e6
    return Cost(seconds / minutes, frames / minutes, size / minutes)


def _report(costs: dict[str, list[Cost]]) -> None:
    base = median([cost.seconds for cost in costs["plain"]])
    rows, figures = [], {}
    for name, some in costs.items():
        seconds = median([cost.seconds for cost in some])
        found: dict[str, Any] = {
            "seconds_per_minute": [round(cost.seconds, 2) for cost in some],
            "times_the_plain": round(seconds / base, 2),
            "frames_per_minute": round(some[0].frames),
            "megabytes_per_minute": round(some[0].megabytes, 2),
        }
        figures[name] = found
        rows.append([
            name, f"{seconds:.2f} s", f"{seconds / base:.1f}×", f"{some[0].frames:.0f}",
            f"{some[0].megabytes:.2f} MB",
        ])  # fmt: skip
    show("60 s of video at 1080p", ["picture", "compose", "cost", "frames", "size"], rows)
    keep("compose", {"per_60_s_of_video": figures})
    figure, save = chart("compose")
    axes = figure.subplots()
    bar_of = {name: median([cost.seconds for cost in some]) for name, some in costs.items()}
    bars = axes.barh(list(bar_of), list(bar_of.values()), color="#2f6f9f")
    axes.bar_label(bars, fmt="%.1f s", padding=4)
    axes.invert_yaxis()
    axes.set_xlabel("seconds to compose and encode 60 s at 1080p")
    save()


if __name__ == "__main__":
    main()
