"""Shards: the same split on every machine, no job twice, no job lost."""

from __future__ import annotations

import random

import pytest

from forge.errors import UsageError
from forge.model.records import Job, Line, Mark
from forge.project.shards import Shard, parse_shard, print_of, split
from tests.support.jobs import job


def names(jobs: tuple[Job, ...]) -> list[str]:
    return [job.name for job in jobs]


LANGUAGES = ("en", "es", "fr", "de", "it", "ja")
FIFTY = [
    job(
        f"t{n:02}",
        lang,
        words=random.Random(n).randint(3, 40),
        steps=random.Random(n).randint(3, 20),
    )
    for n in range(50)
    for lang in LANGUAGES
]


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("of", [1, 2, 3, 20])
def test_every_job_is_in_exactly_one_shard(of: int, shared: bool) -> None:
    parts = [names(split(FIFTY, Shard(n, of), shared_takes=shared)) for n in range(1, of + 1)]
    order = {job.name: number for number, job in enumerate(FIFTY)}
    assert sorted(name for part in parts for name in part) == sorted(order)
    assert all(part == sorted(part, key=order.__getitem__) for part in parts)


def test_languages_that_share_a_take_stay_together() -> None:
    for number in (1, 2, 3):
        part = split(FIFTY, Shard(number, 3), shared_takes=True)
        assert len(part) == len(LANGUAGES) * len({job.id for job in part})


def test_languages_that_share_none_are_spread() -> None:
    jobs = [job("tour", lang) for lang in LANGUAGES]
    parts = [names(split(jobs, Shard(n, 3), shared_takes=False)) for n in (1, 2, 3)]
    assert [len(part) for part in parts] == [2, 2, 2]


def test_shards_have_about_as_much_to_do() -> None:
    loads = [
        sum(len(line.text.split()) + 2 for job in part for line in job.lines)
        for part in (split(FIFTY, Shard(n, 4), shared_takes=True) for n in (1, 2, 3, 4))
    ]
    assert max(loads) < 1.1 * min(loads)


def test_tutorials_of_silent_steps_are_spread_too() -> None:
    jobs = [job(f"t{n}", words=0) for n in range(6)]
    assert len(split(jobs, Shard(2, 3), shared_takes=True)) == 2


def test_more_shards_than_jobs_leave_some_empty() -> None:
    parts = [names(split([job("a"), job("b")], Shard(n, 3), shared_takes=True)) for n in (1, 2, 3)]
    assert parts == [["a"], ["b"], []]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("3/2", "there is no shard 3 of 2"),
        ("0/2", "there is no shard 0 of 2"),
        ("1/0", "the number of shards must be 1 to 1000"),
        ("1/1001", "the number of shards must be 1 to 1000"),
        ("2", "not a shard"),
        ("", "not a shard"),
        ("a/b", "not a shard"),
        ("1/2/3", "not a shard"),
        ("-1/2", "not a shard"),
        ("1.0/2", "not a shard"),
        ("١/٢", "not a shard"),
        ("1/9999999999999999999999", "not a shard"),
    ],
)
def test_wrong_shard_is_refused(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        parse_shard(text)


def test_shard_survives_printing() -> None:
    assert parse_shard(" 2/3 ") == Shard(2, 3)
    assert str(parse_shard("2/3")) == "2/3"


def test_digest_of_a_batch_changes_with_its_texts() -> None:
    marked = Line(step="s0", text="word " * 9 + "word", marks=(Mark(kind="here", at=5, end=5),))
    batches = ([job("a")], [job("a", words=9)], [job("a", lines=(marked,))], [job("a"), job("b")])
    assert len({print_of(jobs) for jobs in (*batches, [])}) == 5
    assert print_of([job("a")]) == print_of([job("a")])
