"""`forge gif`: make GIFs, with burned captions, of takes that were rendered."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console

from forge.commands.arguments import (
    add_out_dir,
    add_project,
    add_selection,
    say,
    selection_of,
    settings_of,
)
from forge.commands.request import Selection
from forge.errors import ComposeError, UsageError
from forge.model.records import Job
from forge.model.settings import Settings
from forge.text.suggest import nearest

if TYPE_CHECKING:
    from forge.model.take import Take
    from forge.model.timeline import Manifest

WIDTHS, RATES = range(100, 3841), range(1, 51)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_project(parser)
    add_selection(parser)
    parser.add_argument(
        "--steps",
        metavar="FIRST[..LAST]",
        help="ids of the first and the last step to show (default: the whole video)",
    )
    parser.add_argument(
        "--width",
        default="800",
        metavar="PIXELS",
        help=f"width of the GIF, {WIDTHS[0]} to {WIDTHS[-1]} pixels (default: 800)",
    )
    parser.add_argument(
        "--fps",
        default="10",
        metavar="N",
        help=f"most frames per second, {RATES[0]} to {RATES[-1]} (default: 10)",
    )
    add_out_dir(parser)


def run(args: argparse.Namespace) -> int:
    """Write the GIFs, and print their paths and sizes; return the exit code."""
    from forge.store.ledger import project_lock

    console = Console()
    wish = Wish.of(args.steps, args.width, args.fps)
    settings = settings_of(args)
    gifs = make_gifs(settings, wish, selection_of(args))
    with project_lock(settings.work_root):
        for made in gifs:
            what = f"{made.seconds:.1f} s, {made.frames} pictures, {made.megabytes:.2f} MB"
            say(console, f"{made.path} ({what})")
    return 0


class Wish(NamedTuple):
    """The GIF that is asked for.

    `first` and `last` are ids of steps, None for the whole video; `width` is in pixels, `fps` the
    highest number of frames per second.
    """

    first: str | None
    last: str | None
    width: int
    fps: int

    @classmethod
    def of(cls, steps: str | None, width: str, fps: str) -> Wish:
        """Read the texts of the command line.

        Raises:
            UsageError: `width` or `fps` is not a number of the allowed range.
        """
        first, _, last = (steps or "").partition("..")
        return cls(
            first or None,
            last or first or None,
            _number("--width", width, WIDTHS),
            _number("--fps", fps, RATES),
        )


def _number(option: str, text: str, allowed: range) -> int:
    if text.isdecimal() and int(text) in allowed:
        return int(text)
    raise UsageError(f"{option} {text}: not a number from {allowed[0]} to {allowed[-1]}")


class Made(NamedTuple):
    """A GIF that was written."""

    path: Path
    seconds: float
    frames: int
    megabytes: float


class _Source(NamedTuple):
    """A job that was rendered, and the part of it to show (ms)."""

    job: Job
    manifest: Manifest
    take: Take
    start_ms: int
    end_ms: int


def make_gifs(settings: Settings, wish: Wish, selection: Selection) -> Iterator[Made]:
    """Check all jobs of the selection, then write a GIF for each as the result is iterated.

    Raises:
        UsageError: a job was not rendered, or has no such step.
        ComposeError: a GIF could not be written.
    """
    from forge.commands.planning import plan
    from forge.commands.preflight import check_writable
    from forge.workers import checks

    jobs = plan(settings, selection).jobs
    checks.check_look(settings)
    sources = [_source(settings, job, wish) for job in jobs]
    check_writable(settings.output_dir)
    return (_make(settings, source, wish) for source in sources)


def _source(settings: Settings, job: Job, wish: Wish) -> _Source:
    from forge.store.fingerprint import read_whole_take
    from forge.store.job_files import read_manifest

    work_dir = settings.work_root / job.name
    try:
        manifest, take = read_manifest(work_dir), read_whole_take(work_dir)
    except (OSError, ValueError) as problem:
        raise UsageError(
            f"{job.name} was not rendered yet, or is damaged: {work_dir} has no usable take and"
            " manifest",
            hint="run `forge render` first, or choose with --only and --lang",
        ) from problem
    if wish.first is None or wish.last is None:
        return _Source(job, manifest, take, 0, manifest.total_ms)
    ids = [step.id for step in manifest.steps]
    for step in (wish.first, wish.last):
        if step not in ids:
            raise UsageError(f"{job.name} has no step {step!r}", hint=nearest(step, ids))
    first, last = (manifest.steps[ids.index(step)] for step in (wish.first, wish.last))
    if last.start_ms < first.start_ms:
        raise UsageError(f"--steps: {wish.last!r} comes before {wish.first!r} in {job.name}")
    return _Source(job, manifest, take, first.start_ms, last.end_ms)


def _make(settings: Settings, source: _Source, wish: Wish) -> Made:
    from forge.store.atomic import whole
    from forge.workers import studio

    job, manifest, take, start_ms, end_ms = source
    steps = [wish.first, wish.last] if wish.first != wish.last else [wish.first]
    words = [job.name, *(["-".join(filter(None, steps))] if wish.first else [])]
    path = settings.output_dir / f"{'.'.join(words)}.gif"
    work_dir = settings.work_root / job.name
    shown = studio.GifPart(start_ms, end_ms, wish.width, wish.fps)
    try:
        with whole(path) as part:
            frames = studio.write_gif(settings, manifest, take, work_dir, part, shown)
    except OSError as problem:
        raise ComposeError(f"{path} could not be written: {problem.strerror}") from problem
    return Made(path, (end_ms - start_ms) / 1000, frames, path.stat().st_size / 1e6)
