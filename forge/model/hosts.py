"""The records that pass between home, where a batch is run from, and the hosts of its lanes.

Home sends each host the batch once, and then a ticket for each attempt at a job. The host replies
to each ticket; the files that the reply names are then fetched. All paths are relative to the
project.
"""

from __future__ import annotations

from forge.model.records import Attempt, Job, Message, Note, Record
from forge.model.settings import Clock, Settings

READY = "forge worker: ready"  # a worker prints this line when the scheduler has taken it
LOOPBACK = "127.0.0.1"


class HostedBatch(Record):
    """What is the same for all jobs of a batch on a host.

    `batch` is a name that no other batch has. `digest` is the SHA-256 of the project's archive, and
    `settings` are those that `forge.store.parcel` makes for a host. `clock` is the clock that the
    home machine records with; None where nothing is recorded. `stage` as in `LaneSetup`. `force`:
    takes that the host has kept are not used. `takes`: takes come home too. `lease_s`: seconds
    without a renewal after which the host ends the batch. `lanes`: how many jobs of the batch the
    machine of the host may run at once.
    """

    batch: str
    digest: str
    settings: Settings
    clock: Clock | None
    stage: str
    force: bool
    takes: bool
    lease_s: float
    lanes: int = 1


class RemoteTake(Record):
    """A take that a host has kept of an earlier batch: its job, its prints, and if it is exact."""

    job: str
    prints: dict[str, str]
    exact: bool


class OpenedBatch(Record):
    """The reply to a `HostedBatch`: the folder of the project there, and the takes in it.

    `project` is empty if the project must be sent first.
    """

    project: str = ""
    takes: tuple[RemoteTake, ...] = ()


class Renewal(Record):
    """The reply to a renewal: whether the batch is open there, and what the host has run out of."""

    open: bool
    lack: Message | None = None


class HomeTake(Record):
    """A take that home has: the job that recorded it, its prints, and its files by their names."""

    job: str
    prints: dict[str, str]
    files: dict[str, Note]


class Ticket(Record):
    """One attempt at a job, in the lane of the batch that has the number `slot`.

    Its events are sent under the name `topic`. `given_up` says why its tutorial is recorded on the
    elastic clock under "auto", if home knows that already.
    """

    batch: str
    slot: int
    topic: str
    job: Job
    given_up: Message | None = None


class FileNote(Record):
    """A file, or the end of one: the `size` bytes after the first `begin`, and their SHA-256."""

    name: str
    size: int
    sha256: str
    begin: int = 0


class Reply(Record):
    """The end of an attempt on a host.

    `attempt` is None if the lane's worker process died; `death` then says how. `files` are those
    that the attempt made, in the order in which they appear at home. `log` is its output. `note` is
    about the lane, for the user: why it gets a new worker. `lack` says what the host has run out
    of, if anything.
    """

    attempt: Attempt | None = None
    death: Message = ""
    files: tuple[FileNote, ...] = ()
    log: FileNote | None = None
    note: Message | None = None
    lack: Message | None = None
