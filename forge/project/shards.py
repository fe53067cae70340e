"""Divide the jobs of a batch into shards, one for each machine."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from forge.errors import UsageError
from forge.model.marks import with_marks
from forge.model.records import Job, JobResult
from forge.model.speech import estimated_ms

MOST = 1000
STEP_MS = 1000  # estimate of the time that a step takes besides its sentence


class Shard(NamedTuple):
    """Shard `number` (counted from 1) of `of` shards."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def stamped(results: Sequence[JobResult], shard: Shard | None) -> list[JobResult]:
    """Return the results, each with the name of the shard."""
    name = str(shard) if shard else None
    return [result.model_copy(update={"shard": name}) for result in results]


def parse_shard(text: str) -> Shard:
    """Return the shard that a text such as `2/3` names.

    Raises:
        UsageError: it names none.
    """
    found = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", text.strip())
    if found is None:
        raise UsageError(f"--shard {text}: not a shard", hint="the second of three is 2/3")
    shard = Shard(int(found[1]), int(found[2]))
    if not 1 <= shard.of <= MOST:
        raise UsageError(f"--shard {text}: the number of shards must be 1 to {MOST}")
    if not 1 <= shard.number <= shard.of:
        raise UsageError(
            f"--shard {text}: there is no shard {shard.number} of {shard.of}",
            hint=f"they are 1/{shard.of} to {shard.of}/{shard.of}",
        )
    return shard


def split(jobs: Sequence[Job], shard: Shard, *, shared_takes: bool) -> tuple[Job, ...]:
    """Return the jobs of `shard` in their order; the same on every machine with the same jobs.

    The longest job goes first, each to the shard with the least work so far; the time of a job is
    estimated from its steps and words. With `shared_takes`, all languages of a tutorial stay
    together, so that it is recorded once.
    """
    groups: dict[str, list[Job]] = defaultdict(list)
    for job in jobs:
        groups[job.id if shared_takes else job.name].append(job)
    loads = [0] * shard.of
    mine: set[str] = set()
    lengths_ms = {name: _length_ms(group) for name, group in groups.items()}
    for name in sorted(groups, key=lengths_ms.__getitem__, reverse=True):
        least = loads.index(min(loads))
        loads[least] += lengths_ms[name]
        if least == shard.number - 1:
            mine.update(job.name for job in groups[name])
    return tuple(job for job in jobs if job.name in mine)


def _length_ms(group: Sequence[Job]) -> int:
    return sum(STEP_MS + estimated_ms(line) for job in group for line in job.lines)


def print_of(jobs: Sequence[Job]) -> str:
    """Return a digest of a batch: of the names, titles and narration of its jobs."""
    texts = [
        [job.name, job.title, [[s.step, with_marks(s.text, s.marks)] for s in job.lines]]
        for job in jobs
    ]
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:16]
