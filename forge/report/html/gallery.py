"""What the page of a batch shows besides its results: titles, pictures, and facts of the batch.

`gallery.json` keeps it for `forge merge`, which makes one page of the batches of several machines,
whose work dirs it cannot read.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from forge.model.records import Amount, Job, JobResult, Record
from forge.model.settings import Settings
from forge.store.paths import SCREENSHOT_FILE

GALLERY_FILE = "gallery.json"
MOST_PICTURES = 100  # screenshots that are kept: thousands of jobs may fail for the same reason


class Tile(Record):
    """One job on the page.

    `picture` is a data URI of the screenshot of a failure; older versions of forge have put one of
    the video there. `carried`: its result and its times are of an earlier batch.
    """

    job: str
    title: str
    description: str = ""
    lang: str | None = None
    picture: Annotated[str, Field(pattern=r"^(data:image/[a-z]+;base64,[A-Za-z0-9+/=]*)?$")] = ""
    carried: bool = False


class Gallery(Record):
    """One batch. `jobs`, and `plan` (a hash of them), are of all shards together."""

    version: Literal[1] = 1
    project: str
    plan: str
    jobs: tuple[str, ...]
    shard: str | None
    lanes: int
    wall_s: Amount
    ended: str
    cards: tuple[Tile, ...]


@dataclass(frozen=True)
class EndedBatch:
    """A batch that is over. `jobs` are those of all shards, and `plan` is a hash of them.

    `carried` are the names of jobs whose results are of an earlier batch.
    """

    jobs: Sequence[Job]
    plan: str
    shard: str | None
    results: Sequence[JobResult]
    carried: Set[str]
    wall_s: float
    lanes: int


def make_gallery(
    settings: Settings, batch: EndedBatch, thumbnail: Callable[[Path], bytes]
) -> Gallery:
    """Return the gallery of a batch, with the pictures of its failures.

    `thumbnail(screenshot)` makes a JPEG of a screenshot.
    """
    jobs = {job.name: job for job in batch.jobs}
    failed = [result for result in batch.results if result.error]
    with ThreadPoolExecutor() as pool:  # decoding releases the interpreter lock
        made = pool.map(lambda result: _picture(result, thumbnail), failed[:MOST_PICTURES])
    pictures = dict(zip((result.job for result in failed), made, strict=False))

    def tile(result: JobResult) -> Tile:
        return Tile(
            job=result.job,
            title=jobs[result.job].title,
            description=jobs[result.job].description,
            lang=jobs[result.job].lang,
            picture=pictures.get(result.job, ""),
            carried=result.job in batch.carried,
        )

    return Gallery(
        project=settings.project_dir.resolve().name,
        plan=batch.plan,
        jobs=tuple(job.name for job in batch.jobs),
        shard=batch.shard,
        lanes=batch.lanes,
        wall_s=round(batch.wall_s, 3),
        ended=datetime.now(UTC).isoformat(timespec="seconds"),
        cards=tuple(map(tile, batch.results)),
    )


def _picture(result: JobResult, thumbnail: Callable[[Path], bytes]) -> str:
    """Return the screenshot of a failure as a data URI; empty if there is none to be read."""
    artifacts = result.error.artifacts if result.error else ()
    shot = next((Path(path) for path in artifacts if Path(path).name == SCREENSHOT_FILE), None)
    if shot is None:
        return ""
    try:
        jpeg = thumbnail(shot)
    except Exception:
        return ""
    return f"data:image/jpeg;base64,{b64encode(jpeg).decode()}"


def gallery_json(gallery: Gallery) -> str:
    """Return `gallery` as JSON."""
    data = gallery.model_dump(mode="json")
    for card in data["cards"]:
        if not card["description"]:
            del card["description"]  # older versions of forge refuse unknown fields
    return json.dumps(data) + "\n"
