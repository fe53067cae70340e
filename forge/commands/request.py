"""The request for a batch, and its outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from forge.errors import UsageError
from forge.model.host_access import HostAccess
from forge.model.records import JobResult, PhaseChoice


@dataclass(frozen=True)
class Selection:
    """The jobs of a project that a command is about.

    `paths` are files, folders or globs of tutorials, from the current folder (empty: those of the
    settings); `only` are ids of tutorials (empty: all); `shard` is `I/N`, for the I-th of N parts
    of the jobs (None: all).
    """

    paths: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    shard: str | None = None


def make_access(
    hosts: str | None = None,
    cluster: str | None = None,
    *,
    key: Path | None = None,
    insecure: bool = False,
    unequal: bool = False,
) -> HostAccess | None:
    """Return the way to other hosts that these options ask for; None if they ask for none.

    Raises:
        UsageError: the options do not go together.
    """
    if hosts and cluster:
        raise UsageError("--hosts and --cluster were both given", hint="leave one of them out")
    if (key or insecure) and not cluster:
        raise UsageError(
            "--key and --insecure are options of --cluster",
            hint="the connections of --hosts are those of ssh",
        )
    if not (hosts or cluster):
        if unequal:
            raise UsageError("--unequal is an option of --hosts and --cluster")
        return None
    return HostAccess(hosts=hosts, cluster=cluster, key=key, insecure=insecure, unequal=unequal)


@dataclass(frozen=True)
class RenderRequest:
    """A batch to render: its jobs, and the part of the work to do.

    `lanes` is the number of jobs to render at once as a text, or "auto" (None: as in the
    settings); text that is neither means one lane, with a warning. `access` leads to other hosts;
    then `lanes` are those of this machine (None: it has none), and `bring_takes` asks for the takes
    that the hosts have recorded. `resume` leaves out the jobs
    that an earlier batch has finished; `force` renders those that are up to date, too. `json` is
    one more file for the results. `stage` names what renders a job in a worker (None: forge's own
    stage; tests name others).
    """

    selection: Selection = Selection()
    phase: PhaseChoice = "all"
    lanes: str | None = None
    access: HostAccess | None = None
    bring_takes: bool = False
    resume: bool = False
    force: bool = False
    json: Path | None = None
    stage: str | None = None


@dataclass(frozen=True)
class BatchOutcome:
    """The end of a batch.

    `results` has one entry a job, in the order of the jobs; `exit_code` is that of `forge render`
    (0: all done; 1: a job failed, or a report could not be written; 130: interrupted);
    `warnings` are about the batch as a whole, those of a job are in its result; `reports` are the
    files that were written about the batch; `log` is its log; `wall_s` is how long it took, in
    seconds.
    """

    results: tuple[JobResult, ...]
    exit_code: int
    warnings: tuple[str, ...]
    reports: tuple[Path, ...]
    log: Path
    wall_s: float

    def with_warnings(self, texts: Sequence[str]) -> BatchOutcome:
        """Return the same with `texts` before the other warnings."""
        return replace(self, warnings=(*texts, *self.warnings))
