"""What the page shows besides results, and how it is kept for `forge merge`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from forge.errors import ComposeError
from forge.model.records import Failure, JobResult
from forge.model.settings import Settings
from forge.report.html.gallery import (
    MOST_PICTURES,
    EndedBatch,
    Gallery,
    gallery_json,
    make_gallery,
)
from forge.report.html.page import Place, page
from tests.support.jobs import job


def made(
    tmp_path: Path, *results: JobResult, description: str = "", fails: bool = False
) -> Gallery:
    def thumbnail(source: Path) -> bytes:
        if fails:
            raise ComposeError("no picture")
        return source.name.encode()

    jobs = [job(result.job, description=description) for result in results]
    batch = EndedBatch(
        jobs=jobs, plan="p", shard=None, results=results, carried={"old"}, wall_s=1.0, lanes=1
    )
    return make_gallery(Settings(project_dir=tmp_path), batch, thumbnail)


DONE = JobResult(job="old", status="done", output="/dist/old.mp4")
FAILED = JobResult(
    job="new", status="failed",
    error=Failure(kind="E", message="m", artifacts=("/w/console.log", "/w/failure.png")),
)  # fmt: skip


def test_picture_is_of_the_failure(tmp_path: Path) -> None:
    old, new = made(tmp_path, DONE, FAILED).cards
    assert (old.picture, old.carried) == ("", True), "the page shows the poster beside the video"
    assert (new.picture, new.carried) == ("data:image/jpeg;base64,ZmFpbHVyZS5wbmc=", False)


def test_picture_that_cannot_be_made_is_left_out(tmp_path: Path) -> None:
    assert [card.picture for card in made(tmp_path, FAILED, fails=True).cards] == [""]


def test_thousands_of_failures_keep_few_pictures(tmp_path: Path) -> None:
    failed = [FAILED.model_copy(update={"job": f"job-{number}"}) for number in range(150)]
    pictures = [bool(card.picture) for card in made(tmp_path, *failed).cards]
    assert pictures == [number < MOST_PICTURES for number in range(150)]


@pytest.mark.parametrize("description", ["", "All of <it>."])
def test_description_is_kept_and_shown_if_set(tmp_path: Path, description: str) -> None:
    gallery = made(tmp_path, FAILED, description=description)
    (kept,) = json.loads(gallery_json(gallery))["cards"]
    assert kept.get("description", "") == description
    assert ("description" in kept) == bool(description)
    assert Gallery.model_validate_json(gallery_json(gallery)) == gallery
    text = page(gallery, [FAILED], Place(tmp_path))
    assert ("All of &lt;it&gt;." in text) == bool(description)
