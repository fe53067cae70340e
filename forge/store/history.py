"""Learn from earlier batches how long jobs take, and how much memory a lane needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from statistics import median

from pydantic import BaseModel, ValidationError

from forge.model.records import Amount, Job
from forge.model.speech import estimated_ms
from forge.store.ledger import LEDGER_FILE, OLD_FILE
from forge.store.regular import read_regular

RESULT, DONE = b'{"kind":"result"', b'"status":"done"'  # in lines that are worth reading
RECORDED_S = 0.3  # a shorter record phase has reused a take
LANE_MB = 700.0  # the memory of a lane, browser included, where none was measured yet
RECENT = 50  # results whose memory is considered
#: A guess where there is no history: seconds of work for a second of narration.
RECORD_SHARE, REST_SHARE = 0.25, 0.06


class _Result(BaseModel):
    """The fields of a result that are used; others are ignored."""

    job: str
    status: str
    phases: dict[str, Amount] = {}
    memory_mb: Amount | None = None


class _Line(BaseModel):
    result: _Result


@dataclass(frozen=True)
class History:
    """The seconds that jobs took to record, and the rest of their work, by the names of the jobs.

    `lane_mb` is the most memory (MB) that a lane has held in recent batches.
    """

    record_s: Mapping[str, float] = field(default_factory=dict)
    rest_s: Mapping[str, float] = field(default_factory=dict)
    lane_mb: float = LANE_MB

    @property
    def empty(self) -> bool:
        """True if no job is known."""
        return not self.rest_s


def read_history(work_root: Path) -> History:
    """Read the history in a project's ledger; lines that cannot be read are ignored."""
    record_s: dict[str, float] = {}
    rest_s: dict[str, float] = {}
    held_mb: list[float] = []
    ledgers = (work_root / name for name in (OLD_FILE, LEDGER_FILE))
    for result in chain.from_iterable(map(_results, ledgers)):
        if result.status != "done" or "compose" not in result.phases:
            continue
        record = result.phases.get("record", 0.0)
        if record >= RECORDED_S:
            record_s[result.job] = record
        rest_s[result.job] = sum(result.phases.values()) - record
        if result.memory_mb:
            held_mb.append(result.memory_mb)
    return History(record_s, rest_s, max(held_mb[-RECENT:], default=LANE_MB))


def _results(path: Path) -> Iterator[_Result]:
    # Not read as `JobResult`: lines may be of another version of forge, and are only a hint.
    try:
        lines = read_regular(path).splitlines()
    except OSError:
        return
    for line in lines:
        if line.startswith(RESULT) and DONE in line:
            try:
                yield _Line.model_validate_json(line).result
            except ValidationError:
                continue


def expected_s(
    jobs: Sequence[Job], history: History, *, taken: Collection[str] = (), lived: bool = False
) -> dict[str, float]:
    """Return how long each of `jobs` will take, by name, in seconds.

    Of the jobs that share a take, the first one records it, unless one is in `taken`, which are the
    jobs with a take. The time of a new job is guessed from the length of its narration, and
    corrected by the error of such guesses for known jobs. `lived`: holds are recorded in full
    length (real clock).
    """
    recorded: set[str] = set(taken)
    guesses: dict[str, tuple[float, float]] = {}
    for job in jobs:
        said_s = sum(estimated_ms(line) for line in job.lines) / 1000
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
    """Return the factor that corrects the guesses, by the jobs that are known."""
    ratios = [known[name] / guess for name, guess in guessed.items() if name in known and guess]
    return median(ratios) if ratios else 1.0


def longest_first(jobs: Sequence[Job], expected: Mapping[str, float]) -> list[Job]:
    """Return `jobs` with the longest first: a long job that starts last would prolong the batch.

    Jobs that share a take stay together. Jobs of equal length keep their order.
    """
    groups: dict[frozenset[str], list[Job]] = defaultdict(list)
    for job in jobs:
        groups[frozenset((job.name, *job.takes_from))].append(job)
    ordered = sorted(groups.values(), key=lambda group: -sum(expected[job.name] for job in group))
    return [job for group in ordered for job in group]
