"""What the benchmarks share: a project of their own, whole commands timed, results kept."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from forge.model.timeline import Manifest
from forge.store.job_files import read_manifest

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
EXAMPLE = ROOT / "examples" / "lumen"
SAMPLE_S = 1.0
console = Console(width=110)


@dataclass(frozen=True)
class Run:
    """One whole command: how long it took, what it made, and the most a lane held in memory."""

    wall_s: float
    batch: list[dict[str, Any]]
    manifests: dict[str, Manifest]
    lane_pss_mb: float

    @property
    def job_wall_s(self) -> float:
        return sum(float(entry["wall_s"]) for entry in self.batch)

    @property
    def video_s(self) -> float:
        return sum(float(entry["video_s"]) for entry in self.batch)

    def phase_s(self, phase: str) -> float:
        return sum(float(entry["phases"].get(phase, 0)) for entry in self.batch)


class Project:
    """A copy of a project in a temporary folder, so that no run meets what another one left."""

    def __init__(self, source: Path, folder: Path) -> None:
        self.folder = folder / source.name
        ignore = shutil.ignore_patterns(".forge", "dist", "__pycache__")
        shutil.copytree(source, self.folder, ignore=ignore)

    def render(self, *args: str, memory: bool = False, may_fail: bool = False) -> Run:
        """`forge render` on this project, timed from the start of the command to its end.

        `memory`: sample what each lane holds, once a second. `may_fail`: a job that fails is a
        result like others; SystemExit only when there is none.
        """
        for old in ("dist", ".forge"):
            for path in (self.folder / old).glob("*"):
                if path.name != "cache":
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
        command = [sys.executable, "-m", "forge", "render", "--project", str(self.folder), *args]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        began = time.monotonic()
        with subprocess.Popen(
            command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            meter = _Meter(process.pid, enabled=memory)
            output, _ = process.communicate()
            wall_s = time.monotonic() - began
            peak_mb = meter.stop()
        results = self.folder / "dist" / "batch.json"
        if process.returncode != 0 and not (may_fail and results.exists()):
            raise SystemExit(f"{' '.join(command)} failed:\n{output}")
        batch = json.loads(results.read_text(encoding="utf-8"))
        return Run(wall_s, batch, self._manifests(batch), peak_mb)

    def clear_voices(self) -> None:
        """Forget every spoken line."""
        shutil.rmtree(self.folder / ".forge" / "cache", ignore_errors=True)

    def _manifests(self, batch: Sequence[Mapping[str, Any]]) -> dict[str, Manifest]:
        found = {}
        for entry in batch:
            work_dir = self.folder / ".forge" / entry["job"]
            if (work_dir / "manifest.json").exists():
                found[entry["job"]] = read_manifest(work_dir)
        return found


class _Meter:
    """Watches the lanes of a running batch: each worker leads a process session of its own."""

    def __init__(self, pid: int, *, enabled: bool) -> None:
        self._pid, self._peak = pid, 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        if enabled:
            self._thread.start()

    def stop(self) -> float:
        """The largest proportional set size (PSS) of any lane, in MB, browser included."""
        self._done.set()
        if self._thread.ident:
            self._thread.join()
        return self._peak / 1e6

    def _watch(self) -> None:
        while not self._done.wait(SAMPLE_S):
            lanes: dict[int, int] = defaultdict(int)
            for process in psutil.process_iter():
                try:
                    session = os.getsid(process.pid)
                    if psutil.Process(session).ppid() == self._pid:
                        lanes[session] += process.memory_full_info().pss
                except (psutil.Error, OSError):
                    continue  # it ended while it was looked at
            self._peak = max([self._peak, *lanes.values()])


def write_tours(
    folder: Path, settings: str, tour: str, count: int, sides: Mapping[str, str]
) -> None:
    """A project of `count` tutorials: `tour` with its `{number}`, and side files by language."""
    (folder / "tutorials").mkdir(parents=True)
    (folder / "forge.toml").write_text(settings)
    for number in range(count):
        file = folder / "tutorials" / f"tour_{number:03}.py"
        file.write_text(tour.format(number=number))
        for lang, side in sides.items():
            file.with_suffix(f".{lang}.json").write_text(side)


def median(values: Sequence[float]) -> float:
    """The middle value; of an even number, the mean of the middle two."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return (ordered[half] + ordered[~half]) / 2


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: the first column names the row."""
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    console.print(table)
    console.print()


def keep(name: str, figures: Mapping[str, Any]) -> None:
    """Write `results/<name>.json`, with the machine and the day."""
    RESULTS.mkdir(exist_ok=True)
    machine = {
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "system": platform.platform(),
        "python": platform.python_version(),
    }
    when = datetime.now(UTC).isoformat(timespec="seconds")
    text = json.dumps({"measured": when, "machine": machine, **figures}, indent=2)
    path = RESULTS / f"{name}.json"
    path.write_text(text + "\n", encoding="utf-8")
    console.print(f"written {path.relative_to(ROOT)}", highlight=False)


def chart(name: str) -> tuple[Any, Callable[[], None]]:
    """An empty figure, and what writes it to `results/<name>.png`."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    pyplot.rcParams.update(
        {"font.size": 10, "axes.spines.top": False, "axes.spines.right": False, "figure.dpi": 120}
    )
    figure = pyplot.figure(figsize=(8, 4.2), layout="constrained")

    def save() -> None:
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"{name}.png"
        figure.savefig(path)
        pyplot.close(figure)
        console.print(f"written {path.relative_to(ROOT)}", highlight=False)

    return figure, save
