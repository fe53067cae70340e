"""Compare two renders of one job: their timelines, their pictures, their files."""

from __future__ import annotations

import bisect
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from forge.model.settings import Settings
from forge.model.take import Frame
from forge.model.timeline import Manifest
from forge.store.job_files import read_manifest, read_take
from forge.store.paths import FRAMES_FILE

FOLDER = "verify"  # in the work dir of a job
FIRST_FRAMES = "first.bin"  # until both renders are compared
MARK = (230, 0, 60)  # RGB colour of a pixel that differs
Pixels = NDArray[np.uint8]


class RenderDigest(NamedTuple):
    """One render: its timeline, and the SHA-256 of each of its pictures and of the video.

    `frames` are the places of the pictures in `frames.bin`; `outside` are the reasons why it is
    not exact.
    """

    manifest: Manifest
    pictures: list[str]
    file: str
    frames: tuple[Frame, ...] = ()
    outside: tuple[str, ...] = ()


class Comparison(NamedTuple):
    """The result for two renders of a job. `fault` is True if they are exact, but differ."""

    mark: str
    text: str
    fault: bool = False


class Moment(NamedTuple):
    """A moment of two renders (ms): the index of the picture that each of them shows."""

    at_ms: int
    one: int
    other: int


class PixelDifference(NamedTuple):
    """The difference of two pictures.

    `box` is x, y, width and height in pixels; `pixels` is the number of pixels that differ, `share`
    their share of all; `drawn` is a picture of them.
    """

    box: tuple[int, int, int, int]
    pixels: int
    share: float
    drawn: Pixels


def digest_of(settings: Settings, name: str) -> RenderDigest:
    """Read the last render of the job `name`."""
    folder = settings.work_root / name
    manifest, take = read_manifest(folder), read_take(folder)
    frames = tuple(take.frames[picture.frame] for picture in manifest.pictures)
    with (folder / FRAMES_FILE).open("rb") as file:
        pictures = []
        for frame in frames:
            file.seek(frame.offset)
            pictures.append(hashlib.sha256(file.read(frame.size)).hexdigest())
    video = _digest(settings.output_dir / f"{name}.mp4")
    return RenderDigest(manifest, pictures, video, frames, take.reasons)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def judge(one: RenderDigest, other: RenderDigest) -> Comparison:
    """Compare two renders of a job."""
    what = difference(one, other)
    outside = "; ".join(dict.fromkeys((*one.outside, *other.outside)))
    if outside:
        return Comparison("true", f"{f'differs {what}' if what else 'the same'} ({outside})")
    if what:
        return Comparison("exact but differs: a fault", what, fault=True)
    return Comparison("exact and same", "")


def difference(one: RenderDigest, other: RenderDigest) -> str | None:
    """Describe the first difference of two renders; None if they are the same."""
    for a, b in zip(one.manifest.steps, other.manifest.steps, strict=True):
        for field in type(a).model_fields:
            if getattr(a, field) != getattr(b, field):
                return f"in step {a.id!r}: {field} {getattr(a, field)}, then {getattr(b, field)}"
    if shown := first_difference(one, other):
        return f"{_where(one, shown)}: what shows at {shown.at_ms / 1000:.2f} s"
    if one.file != other.file:
        return "in the file only: timeline and pictures are the same"
    return None


def _where(digest: RenderDigest, shown: Moment) -> str:
    begun = [step.id for step in digest.manifest.steps if step.start_ms <= shown.at_ms]
    return f"in step {begun[-1]!r}" if begun else "before the first step"


def first_difference(one: RenderDigest, other: RenderDigest) -> Moment | None:
    """Return the first moment at which two renders show different pictures, if any."""
    moments = {picture.at_ms for some in (one, other) for picture in some.manifest.pictures}
    for at_ms in sorted(moments):
        shown = Moment(at_ms, _showing(one, at_ms), _showing(other, at_ms))
        if one.pictures[shown.one] != other.pictures[shown.other]:
            return shown
    return None


def _showing(digest: RenderDigest, at_ms: int) -> int:
    after = bisect.bisect_right(digest.manifest.pictures, at_ms, key=lambda p: p.at_ms)
    return max(0, after - 1)


def compare_pixels(one: Pixels, other: Pixels) -> PixelDifference | None:
    """Compare two pictures, (height, width, 3); return None if all pixels are the same.

    `drawn` shows the second picture in pale colours, with every different pixel in `MARK`. If one
    picture is larger, all pixels that the other lacks differ.
    """
    height, width = np.maximum(one.shape, other.shape)[:2]
    a, b = (np.full((height, width, 3), fill, dtype=np.int16) for fill in (-1, 256))
    a[: one.shape[0], : one.shape[1]], b[: other.shape[0], : other.shape[1]] = one, other
    differs = (a != b).any(axis=2)
    rows, columns = differs.any(axis=1).nonzero()[0], differs.any(axis=0).nonzero()[0]
    if not len(rows):
        return None
    drawn = np.asarray(np.clip(b, 0, 255) // 3 + 170, dtype=np.uint8)
    drawn[differs] = MARK
    x, y = int(columns[0]), int(rows[0])
    box = (x, y, int(columns[-1]) + 1 - x, int(rows[-1]) + 1 - y)
    return PixelDifference(box, int(differs.sum()), float(differs.mean()), drawn)


def write_difference(one: RenderDigest, other: RenderDigest, work_dir: Path) -> Iterator[str]:
    """Write the first two pictures that differ, and their difference, as PNGs into `work_dir`.

    Yield sentences about them.
    """
    shown = first_difference(one, other)
    if shown is None:
        return
    folder = work_dir / FOLDER
    first = _pixels(folder / FIRST_FRAMES, one.frames[shown.one])
    second = _pixels(work_dir / FRAMES_FILE, other.frames[shown.other])
    kept = {"first": first, "second": second}
    if found := compare_pixels(first, second):
        x, y, width, height = found.box
        yield (
            f"at {shown.at_ms / 1000:.2f} s {found.pixels} pixels differ ({found.share:.2%}),"
            f" all in {width}×{height} at {x},{y}"
        )
        kept["difference"] = found.drawn
    else:
        yield f"at {shown.at_ms / 1000:.2f} s the files of the pictures differ, and no pixel does"
    for name, pixels in kept.items():
        path = folder / f"{name}.png"
        Image.fromarray(pixels).save(path, "PNG")
        yield f"{name}: {path}"


def _pixels(path: Path, frame: Frame) -> Pixels:
    with path.open("rb") as file:
        file.seek(frame.offset)
        picture = Image.open(io.BytesIO(file.read(frame.size))).convert("RGB")
    return np.asarray(picture, dtype=np.uint8)
