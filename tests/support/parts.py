"""Finished batches on the disk, as the machines that rendered the shards left them."""

from __future__ import annotations

from pathlib import Path

from forge.model.records import JobResult, Status
from forge.report.html.gallery import Gallery, Tile, gallery_json
from forge.report.writer import batch_json

ALL_JOBS = ("a", "b", "c", "d")


def write_part(folder: Path, shard: str | None, plan: str = "p", **statuses: Status) -> Path:
    """Make `folder` the output folder of a batch of the jobs `statuses`; return it.

    Job `d` needed something outside the virtual clock, so it is not exact.
    """
    folder.mkdir()
    results = [
        JobResult(
            job=job,
            status=status,
            output=f"/elsewhere/{job}.mp4" if status == "done" else None,
            wall_s=1.0 if status in ("done", "failed") else 0.0,
            attempts=int(status in ("done", "failed")),
            slot=0,
            started_s=0.0,
            ended_s=1.0,
            shard=shard,
            exact=job != "d" if status == "done" else None,
            outside=("a web socket",) if job == "d" else (),
        )
        for job, status in statuses.items()
    ]
    gallery = Gallery(
        project="shop",
        plan=plan,
        jobs=ALL_JOBS,
        shard=shard,
        lanes=2,
        wall_s=float(len(statuses)),
        ended=f"2026-01-01T00:00:0{len(statuses)}+00:00",
        cards=tuple(Tile(job=job, title=f"{job} of {folder.name}") for job in statuses),
    )
    for result in results:
        if result.output:
            (folder / f"{result.job}.mp4").write_bytes(b"video")
    (folder / "batch.json").write_text(batch_json(results))
    (folder / "gallery.json").write_text(gallery_json(gallery))
    return folder
