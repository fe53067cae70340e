"""What earlier batches tell of the next one: how long jobs take, what a lane holds in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from pydantic import BaseModel, ValidationError

from forge.model.records import Amount, Job
from forge.model.speech import silent_ms
from forge.store.ledger import LEDGER_FILE
from forge.store.regular import read_regular

RESULT = b'{"kind":"result"'
RECORDED_S = 0.3  # a shorter record phase has found a take that it could use
LANE_MB = 700.0  # what a lane takes at most, browser included, where none was ever measured
RECENT = 50  # results that speak for what a lane holds
#: A guess, where there is no history: seconds of work a second of narration.
RECORD_SHARE, REST_SHARE = 0.25, 0.06


class _Told(BaseModel):
    """What a result tells of the next batch; the rest of it is not looked at."""

    job: str
    status: str
    phases: dict[str, Amount] = {}
    memory_mb: Amount | None = None


class _Line(BaseModel):
    result: _Told


@dataclass(frozen=True)
class History:
    """Of the jobs that were done before, by name: seconds of recording, and of everything else.

    `lane_mb` is the most that a lane was seen to hold lately.
    """

    record_s: Mapping[str, float] = field(default_factory=dict)
    rest_s: Mapping[str, float] = field(default_factory=dict)
    lane_mb: float = LANE_MB

    @property
    def empty(self) -> bool:
        """Nothing is known."""
        return not self.rest_s


def read_history(work_root: Path) -> History:
    """What the project's ledger says; lines that cannot be read tell nothing."""
    record_s: dict[str, float] = {}
    rest_s: dict[str, float] = {}
    held_mb: list[float] = []
    for result in _results(work_root / LEDGER_FILE):
        if result.status != "done" or "compose" not in result.phases:
            continue
        record = result.phases.get("record", 0.0)
        if record >= RECORDED_S:
            record_s[result.job] = record
        rest_s[result.job] = sum(result.phases.values()) - record
        if result.memory_mb:
            held_mb.append(result.memory_mb)
    return History(record_s, rest_s, max(held_mb[-RECENT:], default=LANE_MB))


def _results(path: Path) -> Iterator[_Told]:
    # Not as a `JobResult`: nothing hangs on these lines, and another version may have written them.
    try:
        lines = read_regular(path).splitlines()
    except OSError:
        return
    for line in lines:
        if line.startswith(RESULT):
            try:
                yield _Line.model_validate_json(line).result
            except ValidationError:
                continue


def expected_s(
    jobs: Sequence[Job], history: History, *, taken: Collection[str] = (), lived: bool = False
) -> dict[str, float]:
    """How long each of `jobs` will take, by name, in seconds.

    The first of the jobs that share a take records it, unless it is among the `taken`, which have
    one. Where a job is new, its narration's length tells, by the measure of the jobs that are
    known. `lived`: holds are lived through, on the real clock.
    """
    recorded: set[str] = set(taken)
    guesses: dict[str, tuple[float, float]] = {}
    for job in jobs:
        said_s = sum(silent_ms(line.text) for line in job.lines) / 1000
        guesses[job.name] = (said_s * (1.0 if lived else RECORD_SHARE), said_s * REST_SHARE)
    by_record = _measure(history.record_s, {name: g[0] for name, g in guesses.items()})
    by_rest = _measure(history.rest_s, {name: g[1] for name, g in guesses.items()})
    expected = {}
    for job in jobs:
        record, rest = guesses[job.name]
        group = (job.name, *job.takes_from)
        takes = next((history.record_s[n] for n in group if n in history.record_s), None)
        needs = not recorded.intersection(group)
        recorded.add(job.name)
        expected[job.name] = history.rest_s.get(job.name, rest * by_rest) + (
            (record * by_record if takes is None else takes) if needs else 0.0
        )
    return expected


def _measure(known: Mapping[str, float], guessed: Mapping[str, float]) -> float:
    """By how much the guesses are wrong, as far as jobs that are known tell."""
    ratios = [known[name] / guess for name, guess in guessed.items() if name in known and guess]
    return median(ratios) if ratios else 1.0


def longest_first(jobs: Sequence[Job], expected: Mapping[str, float]) -> list[Job]:
    """`jobs` with those in front that take longest: what is long and starts last ends last.

    Jobs that share a take stay together, in their own order; so do those that take equally long.
    """
    groups: dict[frozenset[str], list[Job]] = defaultdict(list)
    for job in jobs:
        groups[frozenset((job.name, *job.takes_from))].append(job)
    ordered = sorted(groups.values(), key=lambda group: -sum(expected[job.name] for job in group))
    return [job for group in ordered for job in group]
