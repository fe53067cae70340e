"""Shared by the benchmarks: copies of projects, timed commands, tables, charts, result files."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from forge.model.timeline import Manifest
from forge.store import paths
from forge.store.job_files import read_manifest

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT))  # some benchmarks use helpers of the tests
RESULTS = ROOT / "benchmarks" / "results"
EXAMPLE = ROOT / "examples" / "lumen"
GOP_CACHE = f".forge/{paths.GOP_CACHE}"
SAMPLE_S = 1.0
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
console = Console(width=110)


@dataclass(frozen=True)
class Run:
    """One run of the command: its duration, its results, and the peak memory of a lane.

    `cpu_s`: the processor time of all its processes that were waited for, as most are. `busy_s`:
    that of the whole machine meanwhile, browsers included.
    """

    wall_s: float
    cpu_s: float
    busy_s: float
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
    """A copy of a project in a temporary folder, which each `render` finds as new.

    `version`: the checkout of forge that renders it.
    """

    def __init__(self, source: Path, folder: Path, version: Path = ROOT) -> None:
        self._environment = {**os.environ, "PYTHONPATH": str(version)}
        self.folder = folder / source.name
        ignore = shutil.ignore_patterns(".forge", "dist", "__pycache__")
        shutil.copytree(source, self.folder, ignore=ignore)

    def render(
        self,
        *args: str,
        env: Mapping[str, str] | None = None,
        memory: bool = False,
        may_fail: bool = False,
    ) -> Run:
        """Run `forge render` and time the whole command. Cached speech is kept, other files not.

        `env`: more variables. `memory`: sample each lane once a second. `may_fail`: accept failed
        jobs as results. Raises: SystemExit when the command fails.
        """
        for old in ("dist", ".forge"):
            for path in (self.folder / old).glob("*"):
                if path.name != "cache":
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.rmtree(self.folder / GOP_CACHE, ignore_errors=True)
        return self.render_again(*args, env=env, memory=memory, may_fail=may_fail)

    def render_again(
        self,
        *args: str,
        env: Mapping[str, str] | None = None,
        memory: bool = False,
        may_fail: bool = False,
    ) -> Run:
        """Do as `render`, with all files of earlier renders in place."""
        command = render_command(self.folder, *args)
        began, used_s, busy_s = time.monotonic(), _children_s(), _busy_s()
        with subprocess.Popen(
            command,
            env={**self._environment, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            meter = _Meter(process.pid, enabled=memory)
            output, _ = process.communicate()
            wall_s = time.monotonic() - began
            peak_mb = meter.stop()
        results = self.folder / "dist" / "batch.json"
        if process.returncode != 0 and not (may_fail and results.exists()):
            raise SystemExit(f"{' '.join(command)} failed:\n{output}")
        batch = json.loads(results.read_text(encoding="utf-8"))
        used_s, busy_s = _children_s() - used_s, _busy_s() - busy_s
        return Run(wall_s, used_s, busy_s, batch, self._manifests(batch), peak_mb)

    def start_s(self, *words: str) -> float:
        """Run `forge` with `words` in the project's folder; return how long that takes, in s."""
        began = time.monotonic()
        subprocess.run(
            [sys.executable, "-m", "forge", *words],
            cwd=self.folder,
            env=self._environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return time.monotonic() - began

    def clear_voices(self) -> None:
        """Remove the cached speech."""
        shutil.rmtree(self.folder / ".forge" / "cache", ignore_errors=True)

    def _manifests(self, batch: Sequence[Mapping[str, Any]]) -> dict[str, Manifest]:
        found = {}
        for entry in batch:
            work_dir = self.folder / ".forge" / entry["job"]
            if (work_dir / "manifest.json").exists():
                found[entry["job"]] = read_manifest(work_dir)
        return found


def _busy_s() -> float:
    """Return for how long the processors of the machine have worked, all together."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq)


def _children_s() -> float:
    """Return the processor time of all processes that this one, or a child, has waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class _Meter:
    """A thread that samples the memory of a batch's lanes: each worker leads a session."""

    def __init__(self, pid: int, *, enabled: bool) -> None:
        self._pid, self._peak = pid, 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        if enabled:
            self._thread.start()

    def stop(self) -> float:
        """End; return the peak proportional set size (PSS) of a lane, with its browser, in MB."""
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
                    continue  # it has just ended
            self._peak = max([self._peak, *lanes.values()])


def render_command(project: Path, *args: str) -> list[str]:
    """Return the words of `forge render` for `project`; run them in ENVIRONMENT."""
    return [sys.executable, "-P", "-m", "forge", "render", "--project", str(project), *args]


def arguments(description: str | None, *, rounds: int | None = None) -> argparse.ArgumentParser:
    """Return a parser described by the first line of `description`, with `--rounds` if given."""
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    if rounds is not None:
        parser.add_argument("--rounds", type=int, default=rounds)
    return parser


def write_project(folder: Path, settings: str, tours: Mapping[str, str]) -> None:
    """Make a project of the tutorials `tours`: file name without suffix → text."""
    (folder / "tutorials").mkdir(parents=True)
    (folder / "forge.toml").write_text(settings, encoding="utf-8")
    for name, text in tours.items():
        (folder / "tutorials" / f"{name}.py").write_text(text, encoding="utf-8")


def write_tours(
    folder: Path, settings: str, tour: str, count: int, sides: Mapping[str, str]
) -> None:
    """Make a project of `count` tutorials from `tour` with `{number}`, each with side files.

    `sides`: language → text of the side file.
    """
    tours = {f"tour_{number:03}": tour.format(number=number) for number in range(count)}
    write_project(folder, settings, tours)
    for name in tours:
        for lang, side in sides.items():
            (folder / "tutorials" / f"{name}.{lang}.json").write_text(side, encoding="utf-8")


@contextmanager
def busy_processors(count: int) -> Iterator[None]:
    """Run `count` busy loops while the block runs."""
    with ExitStack() as stack:
        for _ in range(count):
            process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
            stack.callback(process.wait)
            stack.callback(process.kill)
        yield


def digest_of(*files: Path) -> str:
    """Return the SHA-256 of the contents of `files`, one after the other."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def median(values: Sequence[float]) -> float:
    """Return the middle value; of an even number, the mean of the middle two."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return (ordered[half] + ordered[~half]) / 2


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table whose first column names the rows."""
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    console.print(table)
    console.print()


def keep(name: str, figures: Mapping[str, Any]) -> None:
    """Write `figures` to `results/<name>.json`, with the machine and the date."""
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
    """Return an empty figure and a function that writes it to `results/<name>.png`."""
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
