"""Estimates from a ledger: how long jobs take, and which start first."""

from __future__ import annotations

from pathlib import Path

import pytest

from forge.model.news import Finished
from forge.model.records import Job, JobResult, Phase
from forge.store.history import LANE_MB, History, expected_s, longest_first, read_history
from forge.store.ledger import LEDGER_FILE, Ledger
from tests.support.jobs import job

WORDS = "one two three four five six seven eight nine ten"  # 3.8 s of silence


def sharing(*langs: str) -> list[Job]:
    """Return the jobs of one tutorial in `langs`, each of which can use the take of the others."""
    names = {lang: f"shared.{lang}" for lang in langs}
    return [
        job("shared", lang, takes_from=tuple(names[other] for other in langs if other != lang))
        for lang in langs
    ]


def done(name: str, memory_mb: float | None = None, **phases: float) -> JobResult:
    spent: dict[Phase, float] = {}
    for phase in ("speak", "record", "compose"):
        spent[phase] = phases.get(phase, 0.0)
    return JobResult(job=name, status="done", phases=spent, attempts=1, memory_mb=memory_mb)


def ledger_of(folder: Path, *results: JobResult) -> Path:
    ledger = Ledger(folder, folder)
    ledger.begin([], "all", [])
    for result in results:
        ledger.on(Finished(result=result))
    return folder


def test_last_recording_counts(tmp_path: Path) -> None:
    history = read_history(
        ledger_of(
            tmp_path,
            done("a", speak=1, record=9, compose=2),
            done("a", speak=0.5, record=0.01, compose=3),
            JobResult(job="b", status="failed", phases={"record": 99}, attempts=1),
            JobResult(job="c", status="up-to-date"),
        )
    )
    assert history.record_s == {"a": 9}
    assert history.rest_s == {"a": pytest.approx(3.5)}


def test_lane_memory_is_the_recent_maximum(tmp_path: Path) -> None:
    assert read_history(tmp_path).lane_mb == LANE_MB
    some = [done("a", 300.0), done("b", 420.0), done("c")]
    assert read_history(ledger_of(tmp_path, *some)).lane_mb == 420


def test_history_outlives_a_full_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger_of(tmp_path, done("a", compose=2), done("b", compose=2))
    monkeypatch.setattr("forge.store.ledger.LARGEST_BYTES", 1)
    ledger_of(tmp_path, done("b", compose=3))
    assert read_history(tmp_path).rest_s == {"a": 2, "b": 3}


def test_readable_lines_of_a_damaged_ledger_count(tmp_path: Path) -> None:
    assert read_history(tmp_path).empty
    path = ledger_of(tmp_path, done("a", compose=2)) / LEDGER_FILE
    path.write_bytes(path.read_bytes() + b'{"kind":"result","resul')
    assert read_history(tmp_path).rest_s == {"a": 2}


def test_first_job_records_the_shared_take() -> None:
    jobs = sharing("en", "es")
    en, es = (job.name for job in jobs)
    history = History(record_s={es: 10}, rest_s={en: 2, es: 3})
    assert expected_s(jobs, history) == {en: 12, es: 3}
    assert expected_s(jobs, history, taken={en, es}) == {en: 2, es: 3}


def test_known_jobs_correct_the_guesses() -> None:
    jobs = [job("a", words=10), job("b", words=30)]
    history = History(record_s={"a": 8}, rest_s={"a": 2})
    assert expected_s(jobs, history)["b"] == pytest.approx(3 * (8 + 2))


def test_real_clock_records_as_long_as_narration() -> None:
    [recorded] = expected_s([job("a", words=100)], History(), lived=True).values()
    assert 38 < recorded < 42


def test_longest_first_keeps_shared_takes_together() -> None:
    short, other = job("short"), job("other")
    shared = sharing("en", "es", "fr")
    expected = {"short": 5, "other": 8, "shared.en": 4, "shared.es": 2, "shared.fr": 3}
    assert longest_first([short, *shared, other], expected) == [*shared, other, short]
    assert longest_first([short, other], {"short": 5, "other": 5}) == [short, other]
