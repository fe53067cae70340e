"""The records that cross a process boundary: frozen, primitive, the same in pickle and JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from forge.text.redact import without_passwords
from forge.text.sanitize import clean, cut

Phase = Literal["speak", "record", "compose"]
PHASES: tuple[Phase, ...] = ("speak", "record", "compose")
PhaseChoice = Literal["all", "speak", "record", "compose"]
Status = Literal["done", "failed", "not-run", "up-to-date"]


LONGEST_LINE = 500  # characters of a message, where one line has to do
#: What is said about a job. Anything may stand in there, a page's whole source for one.
Message = Annotated[str, AfterValidator(without_passwords), AfterValidator(cut)]

#: Seconds, or megabytes. A file that was written elsewhere may have any number in it.
Amount = Annotated[float, Field(ge=0, le=1e9)]


class Record(BaseModel):
    """Base of every record: immutable, and closed against unknown fields.

    Its texts are clean (`forge.text.sanitize`): they can be written and shown anywhere. Its
    numbers are finite.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @field_validator("*")
    @classmethod
    def _clean(cls, value: Any) -> Any:
        return _cleaned(value)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other values, which are cleaned too; pydantic checks nothing of them."""
        update = {key: _cleaned(value) for key, value in (update or {}).items()}
        return super().model_copy(update=update, deep=deep)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if type(value) is tuple:
        return tuple(_cleaned(item) for item in value)
    if isinstance(value, dict):
        return {key: _cleaned(item) for key, item in value.items()}
    return value


class Line(Record):
    """What the voice says in one step, in the job's language."""

    step: str
    text: str


class Note(Record):
    """What a file was like: its size in bytes, its times, its digest (`forge.store.file_notes`)."""

    size: int
    mtime_ns: int
    ctime_ns: int
    sha256: str

    @property
    def stamp(self) -> tuple[int, int, int]:
        """All but the digest: what can be had without reading the file."""
        return self.size, self.mtime_ns, self.ctime_ns


class Job(Record):
    """One tutorial in one language: the unit that is scheduled, reported and retried.

    `index` is the position in the batch, `attempt` counts from 1; `tutorial_file` is an absolute
    path. The prints say what it depends on (`forge.store.fingerprint`); `takes_from` names the jobs
    whose take may serve this one too; `sources` are the files, by absolute path, that the prints
    were made of, as they were then. The worker loads the tutorial from that path itself:
    functions of the user's never cross the process boundary.
    """

    index: int
    attempt: int = 1
    id: str
    lang: str | None
    title: str
    tutorial_file: str
    voice: str | None
    lines: tuple[Line, ...]
    objectives: tuple[str, ...] = ()
    summary: str = ""
    take_prints: dict[str, str] = {}
    video_prints: dict[str, str] = {}
    sources: dict[str, Note] = {}
    takes_from: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """`<id>[.<lang>]`: names the outputs and the work dir."""
        return f"{self.id}.{self.lang}" if self.lang else self.id


class Failure(Record):
    """Why a job failed. `artifacts` are files kept for the user, in the work dir.

    `transient`: it may pass next time (a crash, a timeout, a browser or network that went away).
    """

    kind: str
    message: Message
    hint: Message = ""
    step: str | None = None
    file: str | None = None
    line: int | None = None
    artifacts: tuple[str, ...] = ()
    transient: bool = False

    @property
    def is_a_steps(self) -> bool:
        """Whether it is a step's own error, and says nothing about the process it ran in."""
        return self.kind == "RecordingError" and self.step is not None and not self.transient

    @property
    def headline(self) -> str:
        """The message's first line, with the place in front when it is known."""
        place = f"{self.file}:{self.line}: " if self.file and self.line else ""
        step = f"step {self.step!r}: " if self.step else ""
        return f"{place}{step}{cut((self.message.splitlines() or ['?'])[0], LONGEST_LINE)}"


class Attempt(Record):
    """What came of one attempt at a job, as its worker reports it. The fields are `JobResult`'s."""

    job: str
    error: Failure | None = None
    output: str | None = None
    files: dict[str, Note] = {}
    video_s: Amount | None = None
    phases: dict[Phase, Amount] = {}
    warnings: tuple[Message, ...] = ()
    memory_mb: Amount | None = None
    clock: str | None = None
    exact: bool | None = None
    outside: tuple[Message, ...] = ()

    @property
    def status(self) -> Status:
        """`done`, or `failed` with an error."""
        return "failed" if self.error else "done"


class JobResult(Record):
    """What became of one job. Times in seconds; `started_s` and `ended_s` since the batch began.

    `log` is the file with everything that was said while it was rendered; `memory_mb` what its
    lane held at the end of the recording, browser included (PSS, MB).
    `files`: the video and what lies beside it, by name, as they were made.
    `shard` (`2/3`) is that of the batch, where several machines share one.
    `clock`: which one its take was recorded on. `exact`: another render of the same would be the
    same to the byte; None when nothing was recorded. `outside`: why it is not.
    """

    job: str
    status: Status
    output: str | None = None
    files: dict[str, Note] = {}
    video_s: Amount | None = None
    wall_s: Amount = 0.0
    phases: dict[Phase, Amount] = {}
    attempts: int = 0
    error: Failure | None = None
    warnings: tuple[Message, ...] = ()
    log: str | None = None
    memory_mb: Amount | None = None
    slot: int | None = None
    started_s: Amount | None = None
    ended_s: Amount | None = None
    shard: str | None = None
    clock: str | None = None
    exact: bool | None = None
    outside: tuple[Message, ...] = ()

    @property
    def truth(self) -> str:
        """`exact`, or `true` (what happened, but never twice to the byte); else empty."""
        return "" if self.exact is None else "exact" if self.exact else "true"

    @property
    def told(self) -> str:
        """The same, with the reasons: `true: web socket …, in step with real time for 4.2 s`."""
        return f"{self.truth}: {'; '.join(self.outside)}" if self.outside else self.truth


EventKind = Literal["ready", "phase", "step", "take", "warning", "unfit"]


class Event(Record):
    """News from a worker, sent down its lane's pipe.

    `ready`: the worker is up (`pid`). `phase`: a phase began. `step`: step `step` of `steps`
    began, `text` is its narration. `take`: the job has its take, which others may use. `warning`:
    `text` is for the user. `unfit`, for the lane alone: `text` is why the worker should do no
    other job.
    """

    kind: EventKind
    slot: int
    job: str | None = None
    pid: int | None = None
    phase: Phase | None = None
    step: int | None = None
    steps: int | None = None
    text: Message = ""
