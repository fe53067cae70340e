"""`forge gif`: GIFs of what was rendered, with burned captions; no browser and no voice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from forge.commands.preflight import check_writable
from forge.errors import ComposeError, UsageError
from forge.model.records import Job
from forge.model.settings import Settings
from forge.model.take import Take
from forge.model.timeline import Manifest
from forge.project.plan import make_plan
from forge.store.atomic import whole
from forge.store.fingerprint import read_whole_take
from forge.store.job_files import read_manifest
from forge.text.suggest import nearest

WIDTHS, RATES = range(100, 3841), range(1, 51)


class Wish(NamedTuple):
    """What is asked for. `first` and `last` are ids of steps; None for the whole video."""

    first: str | None
    last: str | None
    width: int
    fps: int

    @classmethod
    def of(cls, steps: str | None, width: str, fps: str) -> Wish:
        """The words of the command line.

        Raises:
            UsageError: one of them is no such thing.
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
    """A job that was rendered, and the part of it that is wanted (ms)."""

    job: Job
    manifest: Manifest
    take: Take
    start_ms: int
    end_ms: int


def make_gifs(
    settings: Settings, wish: Wish, paths: Sequence[str], only: Sequence[str]
) -> Iterator[Made]:
    """Write a GIF for each job of the selection, everything having been checked first.

    Raises:
        UsageError: a job was not rendered, or has no such step.
        ComposeError: a GIF could not be written.
    """
    from forge.workers.composing.painting.theme import check_files

    jobs = make_plan(settings, paths, only).jobs
    check_files(settings)
    sources = [_source(settings, job, wish) for job in jobs]
    check_writable(settings.output_dir)
    burned = settings.style.model_copy(update={"captions": "burn"})
    settings = settings.model_copy(update={"style": burned})
    return (_make(settings, source, wish) for source in sources)


def _source(settings: Settings, job: Job, wish: Wish) -> _Source:
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
    from forge.workers.composing.encoding.gif import write_gif
    from forge.workers.composing.painting.take_frames import Pictures
    from forge.workers.composing.phase import scene_of

    job, manifest, take, start_ms, end_ms = source
    steps = [wish.first, wish.last] if wish.first != wish.last else [wish.first]
    words = [job.name, *(["-".join(filter(None, steps))] if wish.first else [])]
    path = settings.output_dir / f"{'.'.join(words)}.gif"
    try:
        with whole(path) as part, Pictures(take, settings.work_root / job.name) as pictures:
            scene = scene_of(manifest, take, settings, pictures)
            frames = write_gif(scene, part, start_ms, end_ms, width=wish.width, fps=wish.fps)
    except OSError as problem:
        raise ComposeError(f"{path} could not be written: {problem.strerror}") from problem
    return Made(path, (end_ms - start_ms) / 1000, frames, path.stat().st_size / 1e6)
