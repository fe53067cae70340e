"""Merge the batches of several machines into one report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter
from rich.console import Console

from forge.commands.consoles import Consoles
from forge.commands.preflight import check_writable
from forge.errors import MachineError, ProjectError, UsageError
from forge.model.records import JobResult, Status
from forge.project.shards import parse_shard
from forge.report.html.gallery import GALLERY_FILE, Gallery, Tile
from forge.report.summary import print_report
from forge.report.writer import BATCH_FILE, tell_page, write_reports
from forge.store.regular import read_regular

#: Of two results of a job, the one with the higher value counts; of equal ones, the later.
WORTH: dict[Status, int] = {"done": 2, "up-to-date": 2, "failed": 1, "not-run": 0}
T = TypeVar("T")


@dataclass(frozen=True)
class Part:
    """The batch of one machine, read from `folder`."""

    folder: Path
    gallery: Gallery
    results: tuple[JobResult, ...]
    lost: tuple[str, ...]  # names of videos that are missing

    @property
    def number(self) -> int:
        """The number of the shard, from 1; 1 for a whole batch."""
        return parse_shard(self.gallery.shard or "1/1").number

    @property
    def count(self) -> int:
        """The number of shards; 1 for a whole batch."""
        return parse_shard(self.gallery.shard or "1/1").of

    @property
    def name(self) -> str:
        """The part's name in messages."""
        return f"shard {self.gallery.shard}" if self.gallery.shard else "a whole batch"


def merge(out: Path, paths: Sequence[Path], *, partial: bool = False) -> int:
    """Write one report of the batches in `paths` into `out`; return the exit code of a render.

    A path is the `out_dir` of a render, or the `batch.json` in it. With `partial`, the jobs of
    missing shards count as not run.

    Raises:
        ForgeError: a batch cannot be read, or the batches are not shards of one batch.
    """
    out, consoles = out.absolute(), Consoles(Console(), Console(stderr=True))
    parts = [read_part(path) for path in paths]
    check_parts(parts, partial=partial)
    if (out / GALLERY_FILE).exists():
        raise UsageError(f"{out} holds a batch of its own", hint="name another folder for OUT")
    check_writable(out)
    consoles.warn(f"{lost} is not in {part.folder}" for part in parts for lost in part.lost)
    results, gallery = merged(parts)
    written = write_reports(out, results, lambda: gallery, project_dir=None)
    consoles.tell(written)
    print_report(consoles.out, results, gallery.wall_s, gallery.lanes)
    tell_page(out, consoles.out)
    bad = any(WORTH[result.status] < WORTH["done"] for result in results)
    return int(bad or bool(written.errors))


def read_part(path: Path) -> Part:
    """Read the batch whose `out_dir` or `batch.json` is `path`.

    Raises:
        ProjectError: it is damaged (UsageError: it does not exist).
        MachineError: it cannot be read.
    """
    path = path.absolute()
    batch = path / BATCH_FILE if path.is_dir() else path
    results = _read(batch, TypeAdapter(tuple[JobResult, ...]))
    gallery = _read(batch.with_name(GALLERY_FILE), TypeAdapter(Gallery))
    if [result.job for result in results] != [card.job for card in gallery.cards]:
        raise ProjectError(
            f"{batch} and its {GALLERY_FILE} are not of one batch",
            hint="copy both from the machine again, or render with --resume",
        )
    try:
        lost = [r.output for r in results if r.output and not _here(batch, r.output).is_file()]
    except OSError as problem:  # the name is too long for a file
        raise _damaged(batch) from problem
    found = tuple(
        r if r.output is None else r.model_copy(update={"output": str(_here(batch, r.output))})
        for r in results
    )
    return Part(batch.parent, gallery, found, tuple(Path(output).name for output in lost))


def _here(batch: Path, output: str) -> Path:
    """Return the path, here, of a video that lay beside `batch` on the other machine."""
    return batch.parent / Path(output).name


def _read(path: Path, kind: TypeAdapter[T]) -> T:
    try:
        return kind.validate_json(read_regular(path))
    except FileNotFoundError as problem:
        raise UsageError(
            f"there is no {path}",
            hint=f"name the out_dir of a render, with its {BATCH_FILE} and {GALLERY_FILE}",
        ) from problem
    except OSError as problem:
        raise MachineError(f"{path} cannot be read: {problem.strerror or problem}") from problem
    except ValueError as problem:
        raise _damaged(path) from problem


def _damaged(path: Path) -> ProjectError:
    return ProjectError(
        f"{path} is damaged, or of another version of forge",
        hint="copy it from the machine again, or render there once more",
    )


def check_parts(parts: Sequence[Part], *, partial: bool) -> None:
    """Check that the parts are all shards of one batch.

    Raises:
        UsageError: a part belongs to another batch, two parts overlap, or (unless `partial`) a
            shard is missing.
    """
    first = parts[0]
    for number, part in enumerate(parts):
        if part.folder.resolve() in (other.folder.resolve() for other in parts[:number]):
            raise UsageError(f"{part.folder} is named twice")
        if part.gallery.plan != first.gallery.plan:
            raise UsageError(
                f"{part.folder} ({part.gallery.project}) is of another batch than {first.folder}"
                f" ({first.gallery.project}): their jobs or narrations differ",
                hint="render the same state of the project everywhere, with the same PATH, --only"
                " and --lang",
            )
        if part.count != first.count:
            raise UsageError(
                f"{part.folder} ({part.name}) and {first.folder} ({first.name}) overlap",
                hint="all parts must be shards of the same N",
            )
    _refuse_two_homes(parts)
    if not partial:
        _refuse_holes(parts)


def _refuse_two_homes(parts: Sequence[Part]) -> None:
    homes: dict[str, Part] = {}
    for part in parts:
        for result in part.results:
            other = homes.setdefault(result.job, part)
            if other.name != part.name:
                raise UsageError(
                    f"job {result.job!r} is in {other.folder} ({other.name}) and in"
                    f" {part.folder} ({part.name})",
                    hint="were they rendered by two versions of forge, or with other settings?",
                )


def _refuse_holes(parts: Sequence[Part]) -> None:
    there = {part.number for part in parts}
    count = parts[0].count
    missing = [f"{number}/{count}" for number in range(1, count + 1) if number not in there]
    hint = "--partial makes a report of what there is"
    if missing:
        raise UsageError(f"missing: shard {', '.join(missing)}", hint=hint)
    jobs = {result.job for part in parts for result in part.results}
    if lost := [job for job in parts[0].gallery.jobs if job not in jobs]:
        raise UsageError(f"in none of them: {', '.join(lost)}", hint=hint)


def merged(parts: Sequence[Part]) -> tuple[list[JobResult], Gallery]:
    """Return the results in the order of the whole batch, and the gallery of all of it.

    If a shard is there twice, it was rendered again: the better result of each job counts.
    """
    results: dict[str, JobResult] = {}
    cards: dict[str, Tile] = {}
    latest = {part.number: part for part in parts}
    for part in parts:
        again = part is not latest[part.number]  # its jobs are not in the chart of the lanes
        for result, card in zip(part.results, part.gallery.cards, strict=True):
            known = results.get(result.job)
            if known is None or WORTH[result.status] >= WORTH[known.status]:
                results[result.job] = result
                cards[result.job] = card.model_copy(update={"carried": card.carried or again})
    galleries = [part.gallery for part in parts]
    jobs = galleries[0].jobs
    whole = galleries[0].model_copy(
        update={
            "shard": None,
            "lanes": sum(part.gallery.lanes for part in latest.values()),
            "wall_s": max(gallery.wall_s for gallery in galleries),
            "ended": max(gallery.ended for gallery in galleries),
            "cards": tuple(cards.get(job) or Tile(job=job, title=job) for job in jobs),
        }
    )
    return [results.get(job) or JobResult(job=job, status="not-run") for job in jobs], whole
