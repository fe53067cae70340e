"""Tours of real apps on the default and on the elastic clock: success, speed, equal videos.

    python benchmarks/real_apps.py [--apps jupyterlab streamlit] [--rounds 2]
    python benchmarks/real_apps.py --clocks default elastic real

Each app of `apps/` is installed by pip or npm into a cache of its own ($BENCH_APPS, else
forge-bench-apps in the user's cache). The clocks take turns; "default" means no `--clock`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from _bench import ROOT, Project, arguments, console, digest_of, keep, median, show

from tests.support.apps import with_npm, with_pip

PROJECTS = ROOT / "benchmarks" / "apps"
CACHE = Path(os.environ.get("BENCH_APPS") or Path.home() / ".cache" / "forge-bench-apps")


class App(NamedTuple):
    """An app: its technology, and the packages from npm or else from PyPI that install it."""

    made_of: str
    packages: tuple[str, ...]
    npm: bool = False


APPS = {
    "jupyterlab": App("kernel over web sockets, CodeMirror 6", ("jupyterlab",)),
    "streamlit": App("web socket reruns, Vega, spinner", ("streamlit",)),
    "wagtail": App("Django, login, React, Stimulus", ("wagtail",)),
    "nodered": App("SVG, drag and drop, Monaco, socket", ("node-red",), npm=True),
    "tiddlywiki": App("one page, editor in a frame", ("tiddlywiki",), npm=True),
    "gradio": App("fetch and event streams, heartbeat", ("gradio",)),
    "marimo": App("socket notebook, 250 files, shadow DOM", ("marimo",)),
    "datasette": App("server-rendered, CodeMirror", ("datasette",)),
}
Seen = tuple[dict[str, Any], str]  # entry of a job in batch.json, digest of its video


def main() -> None:
    parser = arguments(__doc__, rounds=2)
    parser.add_argument("--apps", nargs="+", choices=APPS, default=list(APPS), metavar="APP")
    parser.add_argument("--clocks", nargs="+", default=["default", "elastic"])
    args = parser.parse_args()
    figures: dict[str, dict[str, Any]] = {}
    for name in args.apps:
        install(name, APPS[name])
        runs = rendered(name, args.rounds, args.clocks)
        clocks = {clock: _figures(seen) for clock, seen in runs.items()}
        figures[name] = {"made_of": APPS[name].made_of, "clocks": clocks}
    console.print()
    _report(figures)
    keep("real_apps", {"rounds": args.rounds, "apps": figures})


def install(name: str, app: App) -> None:
    """Install an app into the cache, unless it is there. Wagtail makes its site at its start."""
    if app.npm:
        with_npm(CACHE / "js", app.packages)
    else:
        with_pip(CACHE / name, app.packages)


def rendered(name: str, rounds: int, clocks: Sequence[str]) -> dict[str, list[Seen]]:
    """Render an app's tour `rounds` times on each clock."""
    runs: dict[str, list[Seen]] = {clock: [] for clock in clocks}
    with tempfile.TemporaryDirectory() as folder:
        project = Project(PROJECTS / name, Path(folder))
        for number in range(rounds):
            for clock in clocks:
                named = () if clock == "default" else ("--clock", clock)
                run = project.render(*named, env={"BENCH_APPS": str(CACHE)}, may_fail=True)
                videos = sorted((project.folder / "dist").glob("*.mp4"))
                runs[clock].append((run.batch[0], digest_of(*videos)))
                console.print(f"{name}, round {number + 1}, {clock}: {_line(run.batch[0])}")
    return runs


def _line(job: dict[str, Any]) -> str:
    if job["status"] != "done":
        return f"{job['status']} in {job['wall_s']:.1f} s: {_why(job)}"
    return f"{job['video_s']:.1f} s of video in {job['wall_s']:.1f} s, {job['clock']} clock"


def _why(job: dict[str, Any]) -> str:
    """Return the step of a failed job and the first line of its error."""
    error = job["error"] or {"step": None, "message": "never ran"}
    return f"{error['step']}: {error['message'].splitlines()[0]}"


def _figures(seen: Sequence[Seen]) -> dict[str, Any]:
    done = [(job, digest) for job, digest in seen if job["status"] == "done"]
    jobs = [job for job, _ in done]
    return {
        "renders": len(seen),
        "done": len(done),
        "speed": round(median([j["video_s"] / j["wall_s"] for j in jobs]), 2) if jobs else None,
        "wall_s": [round(job["wall_s"], 1) for job, _ in seen],
        "video_s": [round(job["video_s"], 1) for job in jobs],
        "record_s": [round(job["phases"]["record"], 1) for job in jobs],
        "exact": bool(jobs) and all(job["exact"] for job in jobs),
        "different_files": len({digest for _, digest in done}),
        "recorded_on": sorted({job["clock"] for job in jobs}),
        "outside": sorted({line for job in jobs for line in job["outside"]}),
        "warnings": sorted({line for job in jobs for line in job["warnings"]}),
        "errors": sorted({_why(job) for job, _ in seen if job["status"] != "done"}),
    }


def _report(figures: dict[str, dict[str, Any]]) -> None:
    """Print a table of all, and below it the errors and warnings."""
    rows = [
        [
            name,
            clock,
            f"{found['done']} of {found['renders']}",
            f"{found['speed']:.1f} ×" if found["done"] else "–",
            _span(found["video_s"]),
            _span(found["record_s"]),
            _twice(found),
            " and ".join(found["recorded_on"]),
            str(len(found["warnings"])),
        ]
        for name, app in figures.items()
        for clock, found in app["clocks"].items()
    ]
    columns = ["app", "clock", "done", "job", "video", "record", "twice", "recorded on", "warned"]
    show("× real time: video length / the whole job's wall clock", columns, rows)
    for name, app in figures.items():
        console.print(f"{name}: {app['made_of']}", highlight=False)
        for clock, found in app["clocks"].items():
            for line in (*found["errors"], *found["warnings"]):
                console.print(f"  {clock}: {line}", highlight=False, markup=False)


def _span(seconds: Sequence[float]) -> str:
    """Return `12.0 s`, or `12.0 to 14.5 s` if renders differ."""
    if not seconds:
        return "–"
    least, most = min(seconds), max(seconds)
    return f"{least:.1f} s" if least == most else f"{least:.1f} to {most:.1f} s"


def _twice(found: dict[str, Any]) -> str:
    """Return if the renders claim to be exact, and if their videos are equal."""
    if not found["done"]:
        return "–"
    truth = "exact" if found["exact"] else "true"
    same = "same" if found["different_files"] == 1 else "differ"
    return f"{truth}, {same}" if found["done"] > 1 else truth


if __name__ == "__main__":
    main()
