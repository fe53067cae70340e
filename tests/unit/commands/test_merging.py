"""`forge merge`: which batches belong together, and which result of a job counts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from forge.commands.merging import check_parts, merge, merged, read_part
from forge.errors import ForgeError, ProjectError, UsageError
from forge.model.records import Status
from tests.support.parts import ALL_JOBS, write_part


@pytest.fixture
def halves(tmp_path: Path) -> list[Path]:
    """Two machines' shards of one batch; the second has a failure."""
    return [
        write_part(tmp_path / "one", "1/2", a="done", d="done"),
        write_part(tmp_path / "two", "2/2", b="done", c="failed"),
    ]


def refusal(*paths: Path, partial: bool = False) -> str:
    with pytest.raises(UsageError) as caught:
        check_parts([read_part(path) for path in paths], partial=partial)
    return f"{caught.value.message} | {caught.value.hint}"


def test_merged_jobs_keep_the_order_of_the_batch(halves: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    assert merge(out, [halves[1], halves[0] / "batch.json"]) == 1
    entries = json.loads((out / "batch.json").read_text())
    assert [(e["job"], e["status"], e["shard"]) for e in entries] == [
        ("a", "done", "1/2"),
        ("b", "done", "2/2"),
        ("c", "failed", "2/2"),
        ("d", "done", "1/2"),
    ]
    assert entries[0]["output"] == str(tmp_path / "one" / "a.mp4")
    text = (out / "index.html").read_text()
    for source in ("../../one/a.mp4", "../../two/b.mp4", "../../one/d.mp4"):
        assert f'src="{source}"' in text
    assert 'tests="4" failures="1"' in (out / "junit.xml").read_text()
    assert sorted(path.name for path in out.iterdir()) == ["batch.json", "index.html", "junit.xml"]


def test_merged_job_stays_as_exact_as_reported(halves: list[Path], tmp_path: Path) -> None:
    merge(tmp_path / "out", halves)
    entries = json.loads((tmp_path / "out" / "batch.json").read_text())
    assert [entry["exact"] for entry in entries] == [True, True, None, False]
    assert entries[3]["outside"] == ["a web socket"]


def test_exit_code_is_zero_when_all_is_done(tmp_path: Path) -> None:
    whole = write_part(tmp_path / "one", None, a="done", b="up-to-date", c="done", d="done")
    assert merge(tmp_path / "out", [whole]) == 0


def test_lanes_and_times_are_of_all_machines(halves: list[Path]) -> None:
    _, gallery = merged([read_part(path) for path in halves])
    assert (gallery.lanes, gallery.wall_s, gallery.shard) == (4, 2.0, None)
    assert [card.title for card in gallery.cards] == [
        "a of one",
        "b of two",
        "c of two",
        "d of one",
    ]


@pytest.mark.parametrize(
    ("earlier", "later", "counts"),
    [
        ("done", "failed", "one"),
        ("done", "not-run", "one"),
        ("failed", "not-run", "one"),
        ("failed", "done", "two"),
        ("not-run", "up-to-date", "two"),
        ("done", "up-to-date", "two"),
        ("failed", "failed", "two"),
    ],
)
def test_better_then_later_result_of_a_repeated_shard_counts(
    earlier: Status, later: Status, counts: str, tmp_path: Path
) -> None:
    rest: dict[str, Status] = {"b": "done", "c": "done", "d": "done"}
    parts = [
        read_part(write_part(tmp_path / "one", "1/1", a=earlier, **rest)),
        read_part(write_part(tmp_path / "two", "1/1", a=later, **rest)),
    ]
    check_parts(parts, partial=False)
    results, gallery = merged(parts)
    assert gallery.cards[0].title == f"a of {counts}"
    assert results[0].status == (earlier if counts == "one" else later)
    assert gallery.cards[0].carried == (counts == "one"), "its times are of other lanes"
    assert gallery.lanes == 2


def test_missing_shard_is_named_and_partial_allows_it(halves: list[Path], tmp_path: Path) -> None:
    assert refusal(halves[0]).startswith("missing: shard 2/2 | --partial")
    assert merge(tmp_path / "out", halves[:1], partial=True) == 1
    entries = json.loads((tmp_path / "out" / "batch.json").read_text())
    assert [e["status"] for e in entries] == ["done", "not-run", "not-run", "done"]


def test_empty_shard_is_no_missing_shard(tmp_path: Path) -> None:
    everything: dict[str, Status] = dict.fromkeys(ALL_JOBS, "done")
    parts = [write_part(tmp_path / "one", "1/2", **everything), write_part(tmp_path / "two", "2/2")]
    assert merge(tmp_path / "out", parts) == 0


def test_job_that_no_shard_has_is_named(halves: list[Path], tmp_path: Path) -> None:
    two = write_part(tmp_path / "other", "2/2", c="done")
    assert refusal(halves[0], two).startswith("in none of them: b")


def test_shard_of_another_batch_is_refused(halves: list[Path], tmp_path: Path) -> None:
    foreign = write_part(tmp_path / "foreign", "2/2", plan="q", b="done", c="done")
    told = refusal(halves[0], foreign)
    assert f"{foreign} (shop) is of another batch than {halves[0]}" in told
    assert "--only" in told


@pytest.mark.parametrize("shard", ["2/3", None])
def test_parts_that_overlap_are_refused(
    shard: str | None, halves: list[Path], tmp_path: Path
) -> None:
    assert "overlap" in refusal(halves[0], write_part(tmp_path / "other", shard, b="done"))


def test_job_in_two_shards_is_refused(halves: list[Path], tmp_path: Path) -> None:
    two = write_part(tmp_path / "other", "2/2", a="done", b="done", c="done")
    assert "job 'a' is in" in refusal(halves[0], two)


def test_folder_named_twice_is_refused(halves: list[Path]) -> None:
    assert "named twice" in refusal(halves[0], halves[1], halves[0] / "batch.json")


def test_batch_is_never_written_over(halves: list[Path]) -> None:
    before = (halves[0] / "batch.json").read_text()
    with pytest.raises(UsageError, match="a batch of its own"):
        merge(halves[0], halves)
    assert (halves[0] / "batch.json").read_text() == before


def test_missing_video_is_a_warning(
    halves: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (halves[0] / "d.mp4").unlink()
    merge(tmp_path / "out", halves)
    assert f"warning: d.mp4 is not in {halves[0]}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("batch.json", None, "there is no"),
        ("gallery.json", None, "there is no"),
        ("batch.json", "[{", "damaged"),
        ("batch.json", '{"job": "a"}', "damaged"),
        ("batch.json", '[{"job": "a", "status": "fine"}]', "damaged"),
        ("batch.json", "\xff", "damaged"),
        ("gallery.json", '{"version": 2}', "another version"),
        ("batch.json", "[]", "not of one batch"),
    ],
)
def test_damaged_batch_is_named(name: str, text: str | None, says: str, halves: list[Path]) -> None:
    path = halves[0] / name
    path.write_bytes(text.encode("latin-1")) if text is not None else path.unlink()
    with pytest.raises(ForgeError, match=says) as caught:
        read_part(halves[0])
    assert str(path) in caught.value.message or isinstance(caught.value, ProjectError)
    assert caught.value.exit_code == 2
