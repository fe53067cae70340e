"""The page of a batch: order, links, captions, lanes, and whose page it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from forge.model.records import Failure, JobResult
from forge.report.html.gallery import Gallery, Tile
from forge.report.html.gantt import Bar, Lane, lanes
from forge.report.html.page import STEP, Place, is_ours, page
from tests.support.markup import WILD, Reader


def gallery(results: list[JobResult], **more: object) -> Gallery:
    cards = tuple(Tile(job=result.job, title=f"Title of {result.job}") for result in results)
    made = Gallery(
        project="shop",
        plan="p",
        jobs=tuple(result.job for result in results),
        shard=None,
        lanes=2,
        wall_s=9.0,
        ended="2026-01-02T03:04:05+00:00",
        cards=cards,
    )
    return made.model_copy(update=more)


def ran(job: str, slot: int, start_s: float, end_s: float, **more: object) -> JobResult:
    result = JobResult(
        job=job, status="done", attempts=1, slot=slot, started_s=start_s, ended_s=end_s
    )
    return result.model_copy(update=more)


def attributes(text: str, name: str) -> list[str]:
    return [value for _, attrs in Reader(text).tags if (value := attrs.get(name)) is not None]


def test_jobs_are_in_job_order(tmp_path: Path) -> None:
    statuses = ("done", "not-run", "failed", "up-to-date")
    results = [JobResult(job=f"j{n}", status=status) for n, status in enumerate(statuses)]
    text = page(gallery(results), results, Place(tmp_path))
    assert re.findall(r'id="job-(\w+)" class="card ([\w-]+)"', text) == [
        (f"j{n}", status) for n, status in enumerate(statuses)
    ]
    assert "<title>shop: 1 failed, 1 not run, 1 done, 1 up to date</title>" in text


def test_only_the_first_cards_are_drawn_before_the_reader_scrolls(tmp_path: Path) -> None:
    results = [JobResult(job=f"j{number}", status="done") for number in range(3 * STEP)]
    cards = re.findall(r"<article[^>]*>", page(gallery(results), results, Place(tmp_path)))
    assert [" hidden" in card for card in cards] == [False] * STEP + [True] * 2 * STEP


def test_poster_is_a_link_beside_the_video(tmp_path: Path) -> None:
    results = [JobResult(job=n, status="done", output=f"{tmp_path}/{n}.mp4") for n in ("a b", "c")]
    for name in ("a b.mp4", "a b.jpg", "c.mp4"):
        (tmp_path / name).write_bytes(b"x")
    text = page(gallery(results), results, Place(tmp_path))
    assert attributes(text, "data-poster") == ["a%20b.jpg"]
    assert "data:image" not in text


@pytest.mark.parametrize("wild", WILD)
def test_no_text_becomes_markup(wild: str, tmp_path: Path) -> None:
    def tags_with(text: str) -> list[str]:
        error = Failure(kind=text, message=text, hint=text, step=text, file=text, line=1,
                        artifacts=(text.replace("\x00", ""),))  # fmt: skip
        result = JobResult(
            job="j", status="failed", attempts=1, error=error, warnings=(text,), phases={}
        )
        card = Tile(job="j", title=text, lang="en")
        made = gallery([result], project=text, cards=(card,))
        return [name for name, _ in Reader(page(made, [result], Place(tmp_path))).tags]

    assert tags_with(wild) == tags_with("tame")


def test_card_says_exact_or_true(tmp_path: Path) -> None:
    def said(**more: object) -> str:
        result = JobResult(job="j", status="done").model_copy(update=more)
        return page(gallery([result]), [result], Place(tmp_path))

    assert re.search(r'class="truth"[^>]*>exact<', said(exact=True))
    text = said(exact=False, outside=("a <socket>", "a worker"))
    assert re.search(r'class="truth"[^>]*>true<', text)
    assert '<p class="outside" dir="auto">true: a &lt;socket&gt;; a worker</p>' in text
    assert 'class="truth"' not in said()


def test_links_are_relative_and_quoted(tmp_path: Path) -> None:
    out, videos = tmp_path / "out", tmp_path / 'a "b" #1?&%41'
    videos.mkdir()
    for suffix in (".mp4", ".vtt", ".gif"):
        (videos / f"a.en{suffix}").write_text("")
    result = JobResult(job="a.en", status="done", output=str(videos / "a.en.mp4"), video_s=1.0)
    text = page(gallery([result]), [result], Place(out))
    there = "../a%20%22b%22%20%231%3F%26%2541/a.en"
    assert attributes(text, "src") == [f"{there}.mp4"]
    assert attributes(text, "href")[1:] == [f"{there}.mp4", f"{there}.vtt", f"{there}.gif"]


def test_captions_are_in_the_page_itself(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("")
    (tmp_path / "a.vtt").write_text(
        "WEBVTT\n\n1\n00:01.500 --> 00:02.000 line:0\nOne &amp; &lt;b&gt;\n<v Ann>two\n\n"
        "NOTE nobody hears\n\n01:00:03.250 --> 01:00:04.000\nthree\n"
    )
    result = JobResult(job="a", status="done", output=str(tmp_path / "a.mp4"))
    text = page(gallery([result]), [result], Place(tmp_path))
    assert attributes(text, "data-from") == ["1.5", "3603.25"]
    assert attributes(text, "data-to") == ["2.0", "3604.0"]
    assert "<span>One &amp; &lt;b&gt;\ntwo</span>" in text
    assert "nobody hears" not in text


def test_missing_video_is_not_offered(tmp_path: Path) -> None:
    result = JobResult(job="a", status="done", output=str(tmp_path / "a.mp4"))
    text = page(gallery([result]), [result], Place(tmp_path))
    assert "the video is not there" in text
    assert "<video" not in text


@pytest.mark.parametrize("elsewhere", [False, True])
def test_kept_files_are_linked_where_they_are(elsewhere: bool, tmp_path: Path) -> None:
    kept = tmp_path / "w" / "console.log"
    kept.parent.mkdir()
    kept.write_text("of this render, or of another one on this machine")
    error = Failure(kind="X", message="x", artifacts=(str(kept), "/nowhere/failure.png"))
    result = JobResult(job="a", status="failed", error=error)
    text = page(gallery([result]), [result], Place(tmp_path / "out", elsewhere))
    assert attributes(text, "href")[1:] == ([] if elsewhere else ["../w/console.log"])
    assert (str(kept) in text) == elsewhere
    assert "/nowhere/failure.png" in text


def test_only_own_page_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    assert is_ours(path)
    path.write_text(page(gallery([]), [], Place(tmp_path)), encoding="utf-8")
    assert is_ours(path)
    path.write_text("<!doctype html><title>My site, made with forge</title>")
    assert not is_ours(path)
    path.unlink()
    path.mkdir()
    assert not is_ours(path)


def test_phases_end_the_bar_without_overlap() -> None:
    results = [
        ran("a", 0, 0.0, 10.0, phases={"speak": 1.0, "record": 6.0, "compose": 2.0}),
        ran("b", 1, 0.0, 4.0, status="failed"),
        # Its first attempt ran in the other lane, while this one was busy.
        ran("c", 0, 3.0, 14.0, attempts=2, phases={"speak": 0.0, "record": 9.0}),
    ]
    assert lanes(results) == {
        Lane("", 0): [
            Bar("a", "done", 0.0, 10.0, (("speak", 1, 2), ("record", 2, 8), ("compose", 8, 10))),
            Bar("c", "done", 10.0, 14.0, (("record", 10.0, 14.0),)),
        ],
        Lane("", 1): [Bar("b", "failed", 0.0, 4.0, ())],
    }


def test_lanes_are_in_order_of_shard_and_slot() -> None:
    results = [ran("a", 0, 0, 1, shard="10/10"), ran("b", 1, 0, 1, shard="2/10")]
    results += [ran("c", 0, 0, 1, shard="2/10")]
    rows = [Lane("2/10", 0), Lane("2/10", 1), Lane("10/10", 0)]
    assert list(lanes(results)) == rows


def test_carried_job_is_not_in_the_lanes(tmp_path: Path) -> None:
    results = [ran("a", 0, 0, 7000), ran("b", 0, 0, 3)]
    cards = (Tile(job="a", title="a", carried=True), Tile(job="b", title="b"))
    text = page(gallery(results, cards=cards), results, Place(tmp_path))
    assert re.findall(r"<title>(\w): done, ([\d:]+) to ([\d:]+)</title>", text) == [
        ("b", "0:00", "0:03")
    ]
